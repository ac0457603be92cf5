package tutor.iotd;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;

/** The command: starts the web API, or does what its one argument says. Settings come from the environment. */
public final class Main {
    static final String USAGE = String.join("\n",
        "iotd-service [--version | --help]",
        "Answers GET /image with the picture of the day as JSON.",
        "Environment: PORT (80), APOD_URL (https://api.nasa.gov/planetary/apod), APOD_KEY (DEMO_KEY)");

    private static final Duration NASA_TIMEOUT = Duration.ofSeconds(3);

    private Main() {
    }

    public static void main(String[] arguments) {
        System.setProperty("java.util.logging.SimpleFormatter.format", "%4$s %5$s%n");
        System.exit(run(arguments, System.getenv()));
    }

    private static int run(String[] arguments, Map<String, String> environment) {
        if (arguments.length == 0) {
            return serve(environment);
        }
        switch (arguments[0]) {
            case "--version":
                System.out.println("iotd-service " + version());
                return 0;
            case "--help":
                System.out.println(USAGE);
                return 0;
            default:
                System.err.println("iotd-service does not know " + arguments[0] + "\n" + USAGE);
                return 2;
        }
    }

    private static int serve(Map<String, String> environment) {
        try {
            Clock clock = Clock.systemUTC();
            PictureSource nasa = new NasaPictures(apodAddress(environment), NASA_TIMEOUT);
            CachedPictures pictures = new CachedPictures(nasa, new BuiltInPictures(clock), clock);
            ImageServer server = new ImageServer(port(environment), pictures);
            Runtime.getRuntime().addShutdownHook(new Thread(server::stop)); // SIGTERM ends the JVM through this
            server.start();
            System.out.println("listening on port " + server.port());
            Thread.currentThread().join();
            return 0;
        } catch (IOException | IllegalArgumentException e) {
            System.err.println("iotd-service can't start: " + e.getMessage());
            return 1;
        } catch (InterruptedException e) {
            return 0;
        }
    }

    static String apodAddress(Map<String, String> environment) {
        String address = setting(environment, "APOD_URL", "https://api.nasa.gov/planetary/apod");
        String key = URLEncoder.encode(setting(environment, "APOD_KEY", "DEMO_KEY"), StandardCharsets.UTF_8);
        return address + (address.contains("?") ? "&" : "?") + "thumbs=true&api_key=" + key;
    }

    static int port(Map<String, String> environment) {
        String port = setting(environment, "PORT", "80");
        if (!port.matches("\\d{1,5}") || Integer.parseInt(port) > 65535) {
            throw new IllegalArgumentException("PORT is not a port number: " + port);
        }
        return Integer.parseInt(port);
    }

    private static String setting(Map<String, String> environment, String name, String otherwise) {
        String value = environment.getOrDefault(name, "").strip();
        return value.isEmpty() ? otherwise : value;
    }

    private static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }
}
