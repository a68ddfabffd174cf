# Stage one builds the program and its native kernels; stage two has what a run needs, and no compiler.
FROM node:22-bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /heredity
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:22-bookworm-slim
WORKDIR /heredity
COPY --from=build /heredity/package.json ./
COPY --from=build /heredity/bin bin
COPY --from=build /heredity/dist dist
COPY --from=build /heredity/native/build native/build
COPY --from=build /heredity/node_modules node_modules
RUN ln -s /heredity/bin/heredity.cjs /usr/local/bin/heredity && heredity doctor
WORKDIR /data
ENTRYPOINT ["heredity"]
