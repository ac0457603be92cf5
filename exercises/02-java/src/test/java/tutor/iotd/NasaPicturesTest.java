package tutor.iotd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NasaPicturesTest {
    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final CountDownLatch over = new CountDownLatch(1);
    private HttpServer nasa;
    private volatile int status = 200;
    private volatile String body = "";
    private volatile boolean silent;

    @BeforeEach
    void startANasaOfOurOwn() throws IOException {
        nasa = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        nasa.setExecutor(workers);
        nasa.createContext("/", exchange -> {
            try {
                if (silent) {
                    over.await();
                }
                byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
                exchange.getResponseBody().write(bytes);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                exchange.close();
            }
        });
        nasa.start();
    }

    @AfterEach
    void stopIt() {
        over.countDown();
        nasa.stop(0);
        workers.shutdownNow();
    }

    @Test
    void readsAnAnswer() throws IOException {
        body = "{\"title\": \"Moon\", \"media_type\": \"image\", \"url\": \"https://example.org/moon.jpg\","
            + " \"copyright\": \"\\nA. Painter\\n\", \"explanation\": \"not used\"}";
        Picture picture = ask(5000);
        assertEquals("Moon", picture.caption);
        assertEquals("A. Painter", picture.copyright);
        assertEquals("https://example.org/moon.jpg", picture.url);
    }

    @Test
    void namesNasaWhereNoCopyrightIsGiven() throws IOException {
        body = "{\"title\": \"Moon\", \"media_type\": \"image\", \"url\": \"https://example.org/moon.jpg\"}";
        assertEquals("NASA, public domain", ask(5000).copyright);
    }

    @Test
    void showsTheThumbnailOfAVideo() throws IOException {
        body = "{\"title\": \"Mars\", \"media_type\": \"video\", \"url\": \"https://example.org/film\","
            + " \"thumbnail_url\": \"https://example.org/mars.jpg\"}";
        assertEquals("https://example.org/mars.jpg", ask(5000).url);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "",
        "null",
        "<html>",
        "[]",
        "\"Moon\"",
        "{\"title\": \"Moon\"",
        "{\"title\": {}, \"media_type\": \"image\", \"url\": \"https://example.org/moon.jpg\"}",
        "{\"media_type\": \"image\", \"url\": \"https://example.org/moon.jpg\"}",
        "{\"title\": \"Moon\", \"media_type\": \"image\"}",
        "{\"title\": \"Moon\", \"media_type\": \"image\", \"url\": \"javascript:alert(1)\"}",
        "{\"title\": \"Mars\", \"media_type\": \"video\", \"url\": \"https://example.org/film\"}"})
    void refusesAnAnswerThatIsNoPicture(String answer) {
        body = answer;
        assertThrows(IOException.class, () -> ask(5000));
    }

    @Test
    void refusesAnErrorStatus() {
        status = 429;
        body = "{\"title\": \"Moon\", \"media_type\": \"image\", \"url\": \"https://example.org/moon.jpg\"}";
        assertTrue(assertThrows(IOException.class, () -> ask(5000)).getMessage().contains("429"));
    }

    @Test
    void waitsNoLongerThanItsTimeout() {
        silent = true;
        assertThrows(IOException.class, () -> ask(100));
    }

    @Test
    void saysWhenNothingListens() {
        nasa.stop(0);
        assertThrows(IOException.class, () -> ask(5000));
    }

    private Picture ask(int timeoutMillis) throws IOException {
        String address = "http://127.0.0.1:" + nasa.getAddress().getPort() + "/planetary/apod?api_key=k";
        return new NasaPictures(address, Duration.ofMillis(timeoutMillis)).today();
    }
}
