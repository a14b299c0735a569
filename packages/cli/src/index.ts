/** The inspector, and the programs of the command line. @module */
export {}
