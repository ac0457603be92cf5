package tutor.iotd;

/** A picture of the day. Its fields are those of the JSON that {@code GET /image} answers. */
final class Picture {
    final String caption;
    final String copyright;
    final String url;

    Picture(String caption, String copyright, String url) {
        this.caption = caption;
        this.copyright = copyright;
        this.url = url;
    }
}
