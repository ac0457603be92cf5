FROM diamol/base
WORKDIR /web
COPY nowhere.html .
RUN echo never reached
