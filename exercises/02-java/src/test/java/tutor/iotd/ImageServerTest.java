package tutor.iotd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ImageServerTest {
    private ImageServer server;

    @BeforeEach
    void start() throws IOException {
        PictureSource source = () -> new Picture("A <b>\"Moon\"</b>", "nobody", "https://example.org/?a=1&b=2");
        Clock clock = Clock.systemUTC();
        server = new ImageServer(0, new CachedPictures(source, new BuiltInPictures(clock), clock));
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop();
    }

    @Test
    void answersThePictureAsJson() throws Exception {
        HttpResponse<String> answer = ask("GET", "/image");
        assertEquals(200, answer.statusCode());
        assertEquals("application/json; charset=utf-8", answer.headers().firstValue("content-type").orElse(""));
        JsonObject picture = JsonParser.parseString(answer.body()).getAsJsonObject();
        assertEquals("A <b>\"Moon\"</b>", picture.get("caption").getAsString());
        assertEquals("nobody", picture.get("copyright").getAsString());
        assertEquals("https://example.org/?a=1&b=2", picture.get("url").getAsString());
    }

    @Test
    void saysWhatItHasNot() throws Exception {
        assertEquals(404, ask("GET", "/").statusCode());
        assertEquals(404, ask("GET", "/image/old").statusCode());
        assertEquals(405, ask("POST", "/image").statusCode());
    }

    @Test
    void takesItsSettingsFromTheEnvironment() {
        assertEquals("https://api.nasa.gov/planetary/apod?thumbs=true&api_key=DEMO_KEY", Main.apodAddress(Map.of()));
        Map<String, String> own = Map.of("APOD_URL", "http://nasa.test/?x=1", "APOD_KEY", "a key", "PORT", "8080");
        assertEquals("http://nasa.test/?x=1&thumbs=true&api_key=a+key", Main.apodAddress(own));
        assertEquals(8080, Main.port(own));
        assertThrows(IllegalArgumentException.class, () -> Main.port(Map.of("PORT", "eighty")));
    }

    private HttpResponse<String> ask(String method, String path) throws Exception {
        URI address = URI.create("http://127.0.0.1:" + server.port() + path);
        HttpRequest request = HttpRequest.newBuilder(address).method(method, BodyPublishers.noBody()).build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }
}
