# The digest is that of the index of all platforms. A newer one: docker buildx imagetools inspect node:24-bookworm-slim
# Build: one bundle of the program and its packages, so that the image has no other file of npm's.
FROM node:24.21.0-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6 AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY scripts ./scripts
COPY src ./src
# Without what only the worker needs, which is no part of this image.
RUN npm run build -- --bot

FROM node:24.21.0-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6
ENV NODE_ENV=production
WORKDIR /app
COPY --chown=root:root LICENSE ./
COPY --from=build --chown=root:root /app/dist ./dist
# Any non-root user does: the bot writes no file, so the root file system may be read-only.
USER 10001:10001
EXPOSE 3000 9180
# Asks the port that the configuration, or REGISTRY_HA_HEALTH_PORT, names.
HEALTHCHECK --interval=30s --timeout=3s --start-period=15s \
  CMD ["node", "/app/dist/cli.js", "health", "--bot", "/etc/registry-ha/bot.yaml"]
# Absolute, so that `docker run -w FOLDER` finds it, too.
# Without this option, Node keeps 50 MB of garbage, which a bot of 1,000 clusters has in a minute.
ENTRYPOINT ["node", "--max-semi-space-size=2", "/app/dist/cli.js"]
CMD ["bot", "--config", "/etc/registry-ha/bot.yaml"]
