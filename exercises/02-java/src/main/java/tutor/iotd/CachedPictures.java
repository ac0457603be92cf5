package tutor.iotd;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.logging.Logger;

/**
 * Asks a source, and another one when the first fails, and keeps what it got for a while: a good answer for two hours,
 * a stop-gap for ten minutes, so that the real picture comes soon after its source does.
 */
final class CachedPictures {
    static final Duration KEPT = Duration.ofHours(2);
    static final Duration STOP_GAP_KEPT = Duration.ofMinutes(10);

    private static final Logger LOG = Logger.getLogger(CachedPictures.class.getName());

    private final PictureSource source;
    private final BuiltInPictures stopGap;
    private final Clock clock;
    private Picture picture;
    private Instant goodUntil = Instant.MIN;

    CachedPictures(PictureSource source, BuiltInPictures stopGap, Clock clock) {
        this.source = source;
        this.stopGap = stopGap;
        this.clock = clock;
    }

    /** Today's picture. Whoever asks while another one is waiting for the source waits for the same answer. */
    synchronized Picture today() {
        if (!clock.instant().isBefore(goodUntil)) {
            renew();
        }
        return picture;
    }

    private void renew() {
        Duration kept = KEPT;
        try {
            picture = source.today();
            LOG.info(() -> "picture of the day: " + picture.caption);
        } catch (IOException e) {
            picture = stopGap.today();
            kept = STOP_GAP_KEPT;
            LOG.warning(() -> "no picture from NASA (" + e.getMessage() + "), showing one of our own");
        }
        goodUntil = clock.instant().plus(kept);
    }
}
