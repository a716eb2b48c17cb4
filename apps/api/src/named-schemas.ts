import { Accepted, MySession, MySessionPage, VerificationRequired } from '@spintrack/contract/account'
import { Company, CompanyPage, Deletion } from '@spintrack/contract/companies'
import { Copy } from '@spintrack/contract/copies'
import { Event } from '@spintrack/contract/events'
import { Export, ExportPage } from '@spintrack/contract/exports'
import { ImportReport } from '@spintrack/contract/files'
import {
  Decision,
  Invitation,
  InvitationPage,
  Invite,
  MyInvite,
  MyInvitePage,
  NewInvitation,
} from '@spintrack/contract/invitations'
import { Member, MemberPage } from '@spintrack/contract/members'
import { Problem } from '@spintrack/contract/problem-details'
import { CompanySummary, Session, User } from '@spintrack/contract/session'
import { ImportedSpinner, Spinner, SpinnerPage } from '@spintrack/contract/spinners'
import { CreatedSpins, ImportedSpin, Spin, SpinPage } from '@spintrack/contract/spins'
import { SpinnerStatistics, SpinnerStatisticsPage, Summary } from '@spintrack/contract/statistics'
import { Template, TemplatePage } from '@spintrack/contract/templates'
import { NewToken, Token, TokenPage } from '@spintrack/contract/tokens'
import { Delivery, DeliveryPage, NewWebhook, Webhook, WebhookPage, WebhookSecret } from '@spintrack/contract/webhooks'

/** The shapes that the OpenAPI document says once, under their names. */
export const namedSchemas = [
  Problem,
  User,
  CompanySummary,
  Session,
  VerificationRequired,
  MySession,
  MySessionPage,
  Accepted,
  Company,
  CompanyPage,
  Deletion,
  Member,
  MemberPage,
  Invitation,
  InvitationPage,
  NewInvitation,
  Invite,
  MyInvite,
  MyInvitePage,
  Decision,
  Spinner,
  SpinnerPage,
  Spin,
  SpinPage,
  CreatedSpins,
  ImportedSpin,
  ImportedSpinner,
  ImportReport,
  Summary,
  SpinnerStatistics,
  SpinnerStatisticsPage,
  Template,
  TemplatePage,
  Copy,
  Export,
  ExportPage,
  Token,
  TokenPage,
  NewToken,
  Event,
  Webhook,
  WebhookPage,
  NewWebhook,
  WebhookSecret,
  Delivery,
  DeliveryPage,
]
