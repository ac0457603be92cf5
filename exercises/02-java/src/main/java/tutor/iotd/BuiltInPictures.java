package tutor.iotd;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;

/**
 * A few pictures that need no network: small drawings which travel inside their own address (a data: URL).
 * Every day has its picture.
 */
final class BuiltInPictures implements PictureSource {
    private static final String COPYRIGHT = "drawn for this course";

    private static final List<Picture> PICTURES = List.of(
        drawn("Saturn and its rings",
            "<circle cx='80' cy='45' r='20' fill='#eca'/>"
                + "<ellipse cx='80' cy='45' rx='38' ry='8' fill='none' stroke='#cba' stroke-width='3'/>"),
        drawn("A crescent Moon",
            "<circle cx='80' cy='45' r='26' fill='#eed'/><circle cx='92' cy='40' r='25' fill='#013'/>"),
        drawn("The Sun in eclipse",
            "<circle cx='80' cy='45' r='28' fill='#fd6'/><circle cx='80' cy='45' r='25' fill='#012'/>"),
        drawn("A comet passing by",
            "<path d='M60 55L140 20L66 61z' fill='#9cf'/><circle cx='62' cy='58' r='5' fill='#fff'/>"),
        drawn("The Southern Cross",
            "<g fill='#fff'><circle cx='80' cy='15' r='3'/><circle cx='78' cy='75' r='4'/><circle cx='60' cy='42' r='3'/>"
                + "<circle cx='102' cy='36' r='3'/><circle cx='94' cy='54' r='1'/></g>"));

    private final Clock clock;

    BuiltInPictures(Clock clock) {
        this.clock = clock;
    }

    @Override
    public Picture today() {
        long day = LocalDate.now(clock).toEpochDay();
        return PICTURES.get((int) Math.floorMod(day, (long) PICTURES.size()));
    }

    private static Picture drawn(String caption, String shapes) {
        String svg = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 160 90'>"
            + "<path d='M0 0h160v90H0z' fill='#013'/>" + shapes + "</svg>";
        String encoded = URLEncoder.encode(svg, StandardCharsets.UTF_8).replace("+", "%20");
        return new Picture(caption, COPYRIGHT, "data:image/svg+xml," + encoded);
    }
}
