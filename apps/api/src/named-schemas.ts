import { Company, CompanyPage, Member, MemberPage } from '@spintrack/contract/companies'
import { Problem } from '@spintrack/contract/problems'
import { CompanySummary, Session, User } from '@spintrack/contract/session'
import { Spinner, SpinnerPage } from '@spintrack/contract/spinners'
import { Spin, SpinPage } from '@spintrack/contract/spins'
import { SpinnerStatistics, SpinnerStatisticsPage, Summary } from '@spintrack/contract/statistics'

/** The shapes that the OpenAPI document says once, under their names. */
export const namedSchemas = [
  Problem,
  User,
  CompanySummary,
  Session,
  Company,
  CompanyPage,
  Member,
  MemberPage,
  Spinner,
  SpinnerPage,
  Spin,
  SpinPage,
  Summary,
  SpinnerStatistics,
  SpinnerStatisticsPage,
]
