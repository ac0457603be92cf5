FROM diamol/base AS builder
RUN echo made > /made.txt

FROM builder AS checker
RUN echo 'about to fail'; \
    exit 3

FROM diamol/base
COPY --from=builder /made.txt /
COPY --from=checker /made.txt /checked.txt
RUN echo never reached
