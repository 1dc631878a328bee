using System.Runtime.InteropServices;
using QueryStream.Core.Errors;

namespace QueryStream.Connectors.Kafka.Librdkafka;

/// <summary>Loads librdkafka once per process: from the package librdkafka.redist, or from the path in <see cref="PathVariable"/>.</summary>
internal static class LibrdkafkaLibrary
{
    internal const string Name = "librdkafka";

    /// <summary>The path of a library to load instead of the package's, for example one built with Kerberos.</summary>
    internal const string PathVariable = "QUERYSTREAM_LIBRDKAFKA";

    /// <summary>The oldest supported version, 2.3.0, which is the first that reports topic ids.</summary>
    private const int OldestVersion = 0x02_03_00_00;

    private const string Unset = "Unset it to use the librdkafka of the package librdkafka.redist";

    private static readonly Lazy<LoadedLibrary> Loaded = new(LoadOnce);

    /// <summary>Loads the library.</summary>
    /// <returns>What was loaded.</returns>
    /// <exception cref="SettingException">There is no library for this platform, or the one in <see cref="PathVariable"/> cannot be used.</exception>
    internal static LoadedLibrary Load() => Loaded.Value;

    private static unsafe LoadedLibrary LoadOnce()
    {
        (nint handle, string name) = Find();
        NativeLibrary.SetDllImportResolver(typeof(NativeMethods).Assembly, (library, _, _) => library == Name ? handle : 0);
        string version = NativeMethods.Text(NativeMethods.VersionText());
        return NativeMethods.Version() >= OldestVersion
            ? new LoadedLibrary(name, version)
            : throw new SettingException(PathVariable, $"'{name}' is librdkafka {version}; 2.3 is the oldest that works. {Unset}");
    }

    private static (nint Handle, string Name) Find()
    {
        string? named = Environment.GetEnvironmentVariable(PathVariable);
        if (!string.IsNullOrEmpty(named))
        {
            return NativeLibrary.TryLoad(named, out nint chosen)
                ? (chosen, named)
                : throw new SettingException(PathVariable, $"'{named}' cannot be loaded. {Unset}, or let it name a librdkafka.so.1.");
        }

        // The package's glibc library needs Cyrus SASL 3, which not every system has. The one for CentOS 8 does not (and has no Kerberos).
        string[] names = RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal)
            ? ["alpine-librdkafka"]
            : ["librdkafka", "centos8-librdkafka"];
        foreach (string name in names)
        {
            // The host resolves the paths of packages. AssemblyDirectory keeps a library of the system from being loaded first.
            if (NativeLibrary.TryLoad(name, typeof(NativeMethods).Assembly, DllImportSearchPath.AssemblyDirectory, out nint handle))
            {
                return (handle, name);
            }
        }

        throw new SettingException(
            PathVariable,
            $"The package librdkafka.redist has no library that loads on {RuntimeInformation.RuntimeIdentifier} (tried {string.Join(", ", names)}). "
            + "Install librdkafka 2.3 or newer, and set this variable to its path.");
    }
}

/// <summary>The librdkafka in use.</summary>
/// <param name="Name">The library's name in the package, or the given path.</param>
/// <param name="Version">Its version.</param>
internal sealed record LoadedLibrary(string Name, string Version);
