using System.Collections.Concurrent;

namespace QueryStream.Connectors.Files.Sink;

/// <summary>
/// Serializes appends of this process to one file: .NET writes at a position chosen before, so two concurrent appends could overwrite each other.
/// Gates are never removed; there is one for each path written to, and these are few.
/// </summary>
internal sealed class FileGate
{
    private static readonly ConcurrentDictionary<string, FileGate> Gates = new(StringComparer.Ordinal);

    // Guards the file's end between seeking and writing.
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>The gate of a file, by its full path.</summary>
    public static FileGate Of(string path) => Gates.GetOrAdd(path, static _ => new FileGate());

    /// <summary>Waits until no other writer appends.</summary>
    public Task EnterAsync() => _turn.WaitAsync();

    /// <summary>Lets the next writer in.</summary>
    public void Leave() => _turn.Release();
}
