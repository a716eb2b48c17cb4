/** What a membership may do in its company, from most to least. */
export const roles = ['owner', 'admin', 'member', 'viewer'] as const
export type Role = (typeof roles)[number]

/**
 * The permission matrix: which roles may do what. Routes name a permission, never a role, and a test walks
 * permission × role over every route.
 */
export const permissions = {
  'company.read': ['owner', 'admin', 'member', 'viewer'],
  'company.update': ['owner', 'admin'],
  'company.delete': ['owner'],
  'demo.write': ['owner'],
  'exports.read': ['owner', 'admin'],
  'exports.write': ['owner', 'admin'],
  'templates.write': ['owner', 'admin'],
  'copies.write': ['owner', 'admin'],
  'tokens.read': ['owner', 'admin', 'member', 'viewer'],
  'tokens.write': ['owner', 'admin', 'member', 'viewer'],
  /** To see and revoke also the tokens of others. */
  'tokens.oversee': ['owner', 'admin'],
  'webhooks.read': ['owner', 'admin'],
  'webhooks.write': ['owner', 'admin'],
  'members.read': ['owner', 'admin', 'member', 'viewer'],
  'members.write': ['owner', 'admin'],
  /** To leave. */
  'membership.write': ['owner', 'admin', 'member', 'viewer'],
  /** To make owners, and to have a say about those there are. */
  'owners.write': ['owner'],
  'invitations.read': ['owner', 'admin'],
  'invitations.write': ['owner', 'admin'],
  'spinners.read': ['owner', 'admin', 'member', 'viewer'],
  'spinners.write': ['owner', 'admin', 'member'],
  'spins.read': ['owner', 'admin', 'member', 'viewer'],
  'spins.write': ['owner', 'admin', 'member'],
  'statistics.read': ['owner', 'admin', 'member', 'viewer'],
  /** What it shows of spins and spinners everybody who has it may read as well. */
  'events.read': ['owner', 'admin', 'member', 'viewer'],
} as const satisfies Record<string, readonly Role[]>

export type Permission = keyof typeof permissions

/** Whether `role` has `permission`. */
export function allows(role: Role, permission: Permission): boolean {
  return (permissions[permission] as readonly Role[]).includes(role)
}

/** The roles that somebody with `role` may give and take away: owners all, admins all but owner, others none. */
export function grantableBy(role: Role): readonly Role[] {
  if (!allows(role, 'members.write')) return []
  return allows(role, 'owners.write') ? roles : roles.filter(one => one !== 'owner')
}
