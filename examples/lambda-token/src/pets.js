/** The data of the service, shared by all frameworks. */
const pets = [
  { id: '1', name: 'Minka', tenant: 'north' },
  { id: '2', name: 'Rex', tenant: 'north' },
  { id: '3', name: 'Polly', tenant: 'south' },
]
const orders = [{ id: '1', pet: '2', tenant: 'north' }]

export const petsOf = (tenant) => pets.filter((pet) => pet.tenant === tenant)
export const petOf = (tenant, id) => petsOf(tenant).find((pet) => pet.id === id)
export const ordersOf = (tenant) => orders.filter((order) => order.tenant === tenant)
export const statistics = () => ({ pets: pets.length, orders: orders.length })
