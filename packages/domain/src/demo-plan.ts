import type { Role } from '@spintrack/contract/permissions'

/** People of the demo. One is in both companies, one in each alone. */
export const demoPeople = [
  { email: 'ada@demo.example', name: 'Ada Flick' },
  { email: 'ben@demo.example', name: 'Ben Torque' },
  { email: 'cleo@demo.example', name: 'Cleo Whirl' },
] as const

type Email = (typeof demoPeople)[number]['email']

type Person = { email: Email; role: Role }

/** Things to fill a company with. */
export type Examples = {
  /** Somebody who has left; their spins stay. */
  leaver: string
  spinners: { serialNumber: string; name: string; model: string; colour: string; typicalSeconds: number }[]
  spinsPerWorkday: number
}

export type DemoCompany = Examples & {
  name: string
  slug: string
  /** The first one founds it. */
  people: [Person, ...Person[]]
}

/** What a demo company that somebody makes of their own begins with. Its people are made up and cannot log in. */
export const ownDemo: Examples & { colleagues: string[] } = {
  colleagues: ['Ines Bearing', 'Theo Axle', 'Wanda Gimbal'],
  leaver: 'Milo Spindle',
  spinners: [
    { serialNumber: 'DEMO-01', name: 'Blue Comet', model: 'Tri-Bar Pro', colour: '#2f6fed', typicalSeconds: 95 },
    { serialNumber: 'DEMO-02', name: 'Old Faithful', model: 'Tri-Bar', colour: '#6b7280', typicalSeconds: 62 },
    { serialNumber: 'DEMO-03', name: 'Copperhead', model: 'Ring 608', colour: '#b45309', typicalSeconds: 140 },
    { serialNumber: 'DEMO-04', name: 'Desk Toy', model: 'Printed', colour: '#65a30d', typicalSeconds: 28 },
  ],
  spinsPerWorkday: 10,
}

export const demoCompanies: DemoCompany[] = [
  {
    name: 'Orbit Bearings',
    slug: 'orbit-bearings',
    people: [
      { email: 'ada@demo.example', role: 'owner' },
      { email: 'ben@demo.example', role: 'member' },
    ],
    leaver: 'Milo Spindle',
    spinners: [
      { serialNumber: 'OB-0001', name: 'Blue Comet', model: 'Tri-Bar Pro', colour: '#2f6fed', typicalSeconds: 95 },
      { serialNumber: 'OB-0002', name: 'Old Faithful', model: 'Tri-Bar', colour: '#6b7280', typicalSeconds: 62 },
      { serialNumber: 'OB-0003', name: 'Copperhead', model: 'Ring 608', colour: '#b45309', typicalSeconds: 140 },
      { serialNumber: 'OB-0004', name: 'Night Shift', model: 'Ring 608', colour: '#312e81', typicalSeconds: 118 },
      { serialNumber: 'OB-0005', name: 'Meeting Saver', model: 'Duo Bar', colour: '#0f766e', typicalSeconds: 41 },
    ],
    spinsPerWorkday: 13,
  },
  {
    name: 'Tabletop Labs',
    slug: 'tabletop-labs',
    people: [
      { email: 'cleo@demo.example', role: 'owner' },
      { email: 'ada@demo.example', role: 'viewer' },
    ],
    leaver: 'Noor Gyre',
    spinners: [
      { serialNumber: 'TL-A1', name: 'Prototype A', model: 'Ceramic 3', colour: '#be185d', typicalSeconds: 205 },
      { serialNumber: 'TL-A2', name: 'Prototype B', model: 'Ceramic 3', colour: '#7c3aed', typicalSeconds: 180 },
      { serialNumber: 'TL-B1', name: 'Desk Toy', model: 'Printed', colour: '#65a30d', typicalSeconds: 28 },
    ],
    spinsPerWorkday: 8,
  },
]
