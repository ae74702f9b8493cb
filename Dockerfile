FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.product.json ./
COPY src src
COPY commands commands
COPY workers workers
RUN npx tsc -p tsconfig.product.json && npm prune --omit=dev --no-audit --no-fund

FROM node:20-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY bin bin
COPY docs/slack-app-manifest.yaml docs/
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
# registrar.yaml and the secrets that it names are mounted at /etc/registrar.
ENTRYPOINT ["node", "bin/registrar.js", "--config", "/etc/registrar/registrar.yaml"]
CMD ["all"]
