import { type Static, Type } from '@sinclair/typebox'
import { closed, Nullable, Page, PageQuery, Timestamp, Uuid } from './shapes.ts'
import { PeriodQuery } from './spins.ts'

export const StatisticsQuery = closed(PeriodQuery)
export type StatisticsQuery = Static<typeof StatisticsQuery>

export const Summary = closed(
  {
    spins: Type.Integer(),
    spinners: Type.Integer({ description: 'Active spinners' }),
    members: Type.Integer({ description: 'People in the company now' }),
    totalDurationMs: Type.Integer(),
    averageDurationMs: Nullable(Type.Integer({ description: 'Rounded to a whole millisecond; null without spins' })),
    longestDurationMs: Nullable(Type.Integer()),
  },
  { $id: 'Summary' },
)
export type Summary = Static<typeof Summary>

export const SpinnerStatistics = closed(
  {
    spinnerId: Uuid,
    name: Type.String(),
    serialNumber: Type.String(),
    spins: Type.Integer(),
    totalDurationMs: Type.Integer(),
    averageDurationMs: Nullable(Type.Integer()),
    longestDurationMs: Nullable(Type.Integer()),
    lastSpinAt: Nullable(Timestamp),
  },
  { $id: 'SpinnerStatistics' },
)
export type SpinnerStatistics = Static<typeof SpinnerStatistics>

export const SpinnerStatisticsPage = Page(SpinnerStatistics, 'SpinnerStatisticsPage')

export const SpinnerStatisticsQuery = closed({ ...PageQuery, ...PeriodQuery })
export type SpinnerStatisticsQuery = Static<typeof SpinnerStatisticsQuery>
