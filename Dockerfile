# The operator, and beside it the single syncer: each is one bundled file that needs Node.js and nothing else.
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY . .
RUN npm ci --no-audit --no-fund && npm run --silent build

FROM node:24-bookworm-slim
COPY --from=build /src/LICENSE /app/LICENSE
COPY --from=build /src/operator/dist/bundle/syncer-operator.mjs /app/syncer-operator.mjs
COPY --from=build /src/syncer-runtime/dist/bundle/workload-syncer.mjs /app/workload-syncer.mjs
ENV NODE_ENV=production
USER 65532:65532
ENTRYPOINT ["node", "/app/syncer-operator.mjs"]
