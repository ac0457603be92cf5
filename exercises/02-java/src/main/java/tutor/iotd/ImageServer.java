package tutor.iotd;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The web API: {@code GET /image} answers the picture of the day as JSON. */
final class ImageServer {
    private final HttpServer server;
    private final ExecutorService workers = Executors.newFixedThreadPool(8);
    private final CachedPictures pictures;
    private final Gson gson = new GsonBuilder().disableHtmlEscaping().create();

    /** Takes the port at once; 0 is any free one. */
    ImageServer(int port, CachedPictures pictures) throws IOException {
        this.pictures = pictures;
        server = HttpServer.create(new InetSocketAddress(port), 0);
        server.createContext("/", this::answer);
        server.setExecutor(workers);
    }

    void start() {
        server.start();
    }

    /** Ends at once what isn't being answered, and what is within a second. */
    void stop() {
        server.stop(1);
        workers.shutdownNow();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try {
            if (!exchange.getRequestURI().getPath().equals("/image")) {
                send(exchange, 404, Map.of("error", "There is GET /image here."));
            } else if (!exchange.getRequestMethod().equals("GET")) {
                exchange.getResponseHeaders().set("Allow", "GET");
                send(exchange, 405, Map.of("error", "The picture can only be read."));
            } else {
                send(exchange, 200, pictures.today());
            }
        } finally {
            exchange.close();
        }
    }

    private void send(HttpExchange exchange, int status, Object answer) throws IOException {
        byte[] body = gson.toJson(answer).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }
}
