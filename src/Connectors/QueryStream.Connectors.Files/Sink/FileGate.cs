using System.Collections.Concurrent;

namespace QueryStream.Connectors.Files.Sink;

/// <summary>
/// Lets one writer of this process append to a file at a time: .NET writes at a position of its own choice, so that two appends could
/// take the same place. One gate a path that was ever written, which are few.
/// </summary>
internal sealed class FileGate
{
    private static readonly ConcurrentDictionary<string, FileGate> Gates = new(StringComparer.Ordinal);

    // Guards the end of the file between finding it and writing there.
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>The gate of a file, by its full path.</summary>
    public static FileGate Of(string path) => Gates.GetOrAdd(path, static _ => new FileGate());

    /// <summary>Waits for the turn.</summary>
    public Task EnterAsync() => _turn.WaitAsync();

    /// <summary>Gives the turn on.</summary>
    public void Leave() => _turn.Release();
}
