ARG VERSION=latest
FROM diamol/base:$VERSION
ENV USER=sixeyed
WORKDIR web
RUN echo one; echo ' ---> Using cache'; echo 'Step 6/7 : RUN faked'; printf 'no newline'
RUN printf '10%%\r20%%\r100%%\n'; printf '\033[31mred\033[0m \033]0;title\007\n'; echo >&2 to stderr
CMD ["sh"]
