FROM diamol/base AS a
WORKDIR /x
RUN echo same > /same; echo A
RUN echo only in a

FROM diamol/base AS b
WORKDIR /x
RUN echo same > /same; echo A
RUN echo only in b

FROM scratch AS c
WORKDIR /c
COPY --from=a /same /same
COPY --from=1 /same /same2

FROM a AS unused
RUN echo never

FROM c
ENV A=b
COPY Dockerfile /d
LABEL last=one
