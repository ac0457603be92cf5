package tutor.iotd;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** NASA's Astronomy Picture of the Day. The whole question, name look-up included, has to end within the time-out. */
final class NasaPictures implements PictureSource {
    private static final int ANSWER_LIMIT_BYTES = 256 * 1024;

    private final URI address;
    private final Duration timeout;
    private final HttpClient client;
    private final ExecutorService worker = Executors.newCachedThreadPool(NasaPictures::daemon);
    private final Gson gson = new Gson();

    /** {@code address} is the API's, with the key in it; an IllegalArgumentException when it is no web address. */
    NasaPictures(String address, Duration timeout) {
        this.address = HttpRequest.newBuilder(URI.create(address)).build().uri();
        this.timeout = timeout;
        this.client = HttpClient.newBuilder().connectTimeout(timeout).followRedirects(HttpClient.Redirect.NORMAL).build();
    }

    @Override
    public Picture today() throws IOException {
        Future<String> answer = worker.submit(this::ask);
        try {
            return parse(answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            throw new IOException("no answer within " + timeout.toMillis() + " ms");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw new IOException(isBlank(cause.getMessage()) ? "no connection" : cause.getMessage(), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted");
        } finally {
            answer.cancel(true);
        }
    }

    private String ask() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(address).timeout(timeout).build();
        HttpResponse<InputStream> response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            if (response.statusCode() != 200) {
                throw new IOException("status " + response.statusCode());
            }
            return new String(body.readNBytes(ANSWER_LIMIT_BYTES), StandardCharsets.UTF_8);
        }
    }

    private Picture parse(String json) throws IOException {
        Answer answer;
        try {
            answer = gson.fromJson(json, Answer.class);
        } catch (JsonParseException e) {
            throw new IOException("an answer that is no picture", e);
        }
        if (answer == null || isBlank(answer.title)) {
            throw new IOException("an answer without a picture");
        }
        // on some days the "picture" is a video: then its thumbnail, if it has one
        String shown = "image".equals(answer.media_type) ? answer.url : answer.thumbnail_url;
        if (isBlank(shown) || !shown.matches("(?i)https?://.*")) {
            throw new IOException("an answer without the address of a picture");
        }
        String copyright = isBlank(answer.copyright) ? "NASA, public domain" : answer.copyright.strip();
        return new Picture(answer.title.strip(), copyright, shown.strip());
    }

    private static boolean isBlank(String text) {
        return text == null || text.isBlank();
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "nasa");
        thread.setDaemon(true);
        return thread;
    }

    /** The fields of NASA's answer that matter here, named as NASA names them. */
    private static final class Answer {
        String title;
        String copyright;
        String media_type;
        String url;
        String thumbnail_url;
    }
}
