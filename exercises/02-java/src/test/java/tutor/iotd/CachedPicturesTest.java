package tutor.iotd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class CachedPicturesTest {
    private final SetClock clock = new SetClock();
    private final CountingSource source = new CountingSource();
    private final BuiltInPictures builtIn = new BuiltInPictures(clock);
    private final CachedPictures pictures = new CachedPictures(source, builtIn, clock);

    @Test
    void asksItsSourceOnceInTwoHours() {
        assertEquals("picture 1", pictures.today().caption);
        clock.pass(CachedPictures.KEPT.minusSeconds(1));
        assertEquals("picture 1", pictures.today().caption);
        clock.pass(Duration.ofSeconds(1));
        assertEquals("picture 2", pictures.today().caption);
    }

    @Test
    void showsOneOfItsOwnWhileTheSourceFails() {
        source.failing = true;
        assertEquals(builtIn.today().caption, pictures.today().caption);
        assertEquals(builtIn.today().caption, pictures.today().caption);
        assertEquals(1, source.asked);
    }

    @Test
    void asksAgainSoonAfterAFailure() {
        source.failing = true;
        pictures.today();
        source.failing = false;
        clock.pass(CachedPictures.STOP_GAP_KEPT);
        assertEquals("picture 2", pictures.today().caption);
    }

    @Test
    void hasADrawingForEveryDay() {
        String first = builtIn.today().caption;
        clock.pass(Duration.ofDays(1));
        assertTrue(builtIn.today().url.startsWith("data:image/svg+xml,%3Csvg"));
        assertTrue(!builtIn.today().caption.equals(first));
    }

    private static final class CountingSource implements PictureSource {
        int asked;
        boolean failing;

        @Override
        public Picture today() throws IOException {
            asked++;
            if (failing) {
                throw new IOException("no network");
            }
            return new Picture("picture " + asked, "nobody", "https://example.org/" + asked);
        }
    }

    private static final class SetClock extends Clock {
        private Instant now = Instant.parse("2024-05-01T00:00:00Z");

        void pass(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
