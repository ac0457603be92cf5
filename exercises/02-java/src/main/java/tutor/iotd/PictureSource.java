package tutor.iotd;

import java.io.IOException;

/** Where a picture of the day comes from. */
interface PictureSource {
    /** Today's picture; an IOException, told as a sentence, when there is none to be had. */
    Picture today() throws IOException;
}
