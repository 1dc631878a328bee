using System.Runtime.InteropServices;
using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>Finds and loads librdkafka, once a process.</summary>
internal static class LibrdkafkaLibrary
{
    internal const string Name = "librdkafka";

    /// <summary>Holds the path of the library to use before all others.</summary>
    internal const string PathVariable = "QUERYSTREAM_LIBRDKAFKA";

    /// <summary>From here on a full queue makes no second of silence: fetch.queue.backoff.ms exists.</summary>
    private const int QueueBackoffVersion = 0x02_02_00_00;

    private static readonly Lazy<LibraryFacts> Loaded = new(LoadOnce);

    private static string CacheFolder
    {
        get
        {
            string? cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            if (string.IsNullOrEmpty(cache))
            {
                cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
            }

            return Path.Combine(cache, "querystream");
        }
    }

    /// <summary>What was loaded.</summary>
    /// <exception cref="SettingException">There is none, or the one named by <see cref="PathVariable"/> does not load.</exception>
    internal static LibraryFacts Load() => Loaded.Value;

    private static LibraryFacts LoadOnce()
    {
        (nint handle, string path) = Find();
        NativeLibrary.SetDllImportResolver(typeof(NativeMethods).Assembly, (name, _, _) => name == Name ? handle : 0);
        unsafe
        {
            int version = NativeMethods.Version();
            return new LibraryFacts(path, NativeMethods.Text(NativeMethods.VersionText()), version >= QueueBackoffVersion);
        }
    }

    private static (nint Handle, string Path) Find()
    {
        string? named = Environment.GetEnvironmentVariable(PathVariable);
        if (!string.IsNullOrEmpty(named))
        {
            return NativeLibrary.TryLoad(named, out nint chosen)
                ? (chosen, named)
                : throw new SettingException(PathVariable, $"'{named}' is no library that can be loaded. Unset it, or let it name a librdkafka.so.1.");
        }

        string system = OperatingSystem.IsWindows() ? "librdkafka.dll" : OperatingSystem.IsMacOS() ? "librdkafka.1.dylib" : "librdkafka.so.1";
        List<string> candidates = [.. CachedBuilds(), .. Packaged(), system];
        foreach (string candidate in candidates)
        {
            if (NativeLibrary.TryLoad(candidate, out nint handle))
            {
                return (handle, candidate);
            }
        }

        throw new SettingException(
            PathVariable,
            $"librdkafka was not found: not in {CacheFolder}, not beside the program, and the system has no {system}. Run eng/librdkafka, or install librdkafka1, or build with -p:UseLibrdkafkaRedist=true, or let this variable name the library.");
    }

    // Where eng/librdkafka puts what it builds; the newest first.
    private static IEnumerable<string> CachedBuilds() => Directory.Exists(CacheFolder)
        ? Directory.EnumerateFiles(CacheFolder, "librdkafka.so.1", SearchOption.AllDirectories).OrderByDescending(File.GetLastWriteTimeUtc)
        : [];

    // Where the package librdkafka.redist puts its files.
    private static IEnumerable<string> Packaged()
    {
        string extension = OperatingSystem.IsWindows() ? "librdkafka.dll" : OperatingSystem.IsMacOS() ? "librdkafka.dylib" : "librdkafka.so";
        string[] folders =
        [
            AppContext.BaseDirectory,
            Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native"),
            Path.Combine(AppContext.BaseDirectory, "runtimes", $"linux-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}", "native"),
        ];
        return folders.Select(folder => Path.Combine(folder, extension)).Where(File.Exists);
    }
}
