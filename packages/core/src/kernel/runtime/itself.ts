/** Adds private fields to objects that another module has created. @module */

/**
 * Returns the object that it is constructed with, so that a derived class adds its private fields to that object, also if it is
 * frozen. Readers of the object cannot see them, and they cost less than an entry of a `WeakMap`.
 */
// oxlint-disable-next-line no-extraneous-class -- only its constructor is needed
export class Itself {
  constructor(object: object) {
    return object
  }
}
