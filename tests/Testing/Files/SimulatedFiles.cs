using QueryStream.Checkpoints.Storage;
using QueryStream.Core;

namespace QueryStream.Testing.Files;

/// <summary>A simulated crash of the machine.</summary>
public sealed class SimulatedCrashException() : Exception("The simulated machine has crashed.");

/// <summary>
/// A file system in memory that keeps no more after a crash than POSIX guarantees. Flushed bytes of files and flushed names of directories survive;
/// of unflushed bytes and names, a part chosen by the seed survives. Used by one thread.
/// </summary>
/// <param name="seed">Decides what survives a crash.</param>
public sealed class SimulatedFiles(ulong seed) : IDurableFiles
{
    private readonly SeededRandom _random = new(seed);
    private readonly HashSet<string> _locked = [];
    private readonly SortedDictionary<string, Entry> _names = new(StringComparer.Ordinal);

    // Changes of names since their directory was flushed, oldest first.
    private readonly List<NameChange> _changes = [];

    /// <summary>The number of started operations.</summary>
    public int Operations { get; private set; }

    /// <summary>The number of the operation during which the machine crashes; null: none.</summary>
    public int? CrashAt { get; set; }

    /// <summary>Whether the machine has crashed and was not restarted.</summary>
    public bool HasCrashed => Operations > CrashAt;

    /// <summary>The exception that every operation throws, such as for a full disk; null: none.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Whether flushing does nothing, for tests that must detect that.</summary>
    public bool IgnoresFlushes { get; set; }

    /// <summary>The bytes of a file, for tests that damage them; null if it does not exist.</summary>
    public byte[]? Content(string path) => _names.TryGetValue(path, out Entry? entry) ? entry.Bytes : null;

    /// <summary>The paths of all files.</summary>
    public IReadOnlyList<string> Files => [.. _names.Where(name => name.Value.Bytes is not null).Select(name => name.Key)];

    /// <summary>Restarts the machine with the surviving files.</summary>
    public void Restart()
    {
        CrashAt = null;
        _locked.Clear();
        foreach (NameChange change in _changes)
        {
            // A change of a name survives only if earlier changes of that name do.
            change.IsUndone = _random.Next(2) == 0 || _changes.Exists(earlier => earlier.IsUndone && earlier.Touches(change));
        }

        UndoChanges();
        foreach (Entry entry in _names.Values)
        {
            entry.Tear(_random);
        }

        _changes.Clear();
    }

    /// <inheritdoc/>
    public void CreateDirectory(string path)
    {
        Begin();
        for (string? each = path; each is not null && !_names.ContainsKey(each); each = Path.GetDirectoryName(each))
        {
            _names[each] = new Entry(null);
        }
    }

    /// <inheritdoc/>
    public Task WriteAsync(string path, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (Begin())
        {
            Put(path, new Entry(bytes[.._random.Next(bytes.Length + 1)].ToArray()));
            throw new SimulatedCrashException();
        }

        if (!_names.ContainsKey(Path.GetDirectoryName(path)!))
        {
            throw new DirectoryNotFoundException($"Could not find a part of the path '{path}'.");
        }

        Put(path, new Entry(bytes.ToArray()));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Flush(string path)
    {
        CrashBefore();
        if (!IgnoresFlushes)
        {
            Find(path).Flushed = Find(path).Bytes!.Length;
        }
    }

    /// <inheritdoc/>
    public void Rename(string from, string to)
    {
        bool crashes = Begin();
        Entry entry = Find(from);
        _changes.Add(new NameChange(from, to, entry, _names.GetValueOrDefault(to)));
        _names.Remove(from);
        _names[to] = entry;
        if (crashes)
        {
            throw new SimulatedCrashException();
        }
    }

    /// <inheritdoc/>
    public void FlushDirectory(string path)
    {
        CrashBefore();
        if (!IgnoresFlushes)
        {
            _changes.RemoveAll(change => Path.GetDirectoryName(change.To) == path);
        }
    }

    /// <inheritdoc/>
    public Task<byte[]?> ReadAsync(string path, long offset, int? count, CancellationToken cancellationToken)
    {
        CrashBefore();
        if (!_names.TryGetValue(path, out Entry? entry) || entry.Bytes is not { } bytes || bytes.Length - offset < (count ?? 0))
        {
            return Task.FromResult<byte[]?>(null);
        }

        return Task.FromResult<byte[]?>(bytes.AsSpan((int)offset, count ?? bytes.Length - (int)offset).ToArray());
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string path)
    {
        CrashBefore();
        return [.. _names.Keys.Where(name => Path.GetDirectoryName(name) == path).Select(name => Path.GetFileName(name))];
    }

    /// <inheritdoc/>
    public void Delete(string path)
    {
        bool crashes = Begin();
        if (_names.Remove(path, out Entry? entry))
        {
            _changes.Add(new NameChange(path, path, null, entry));
        }

        if (crashes)
        {
            throw new SimulatedCrashException();
        }
    }

    /// <inheritdoc/>
    public IDisposable? TryLock(string path)
    {
        CrashBefore();
        return _locked.Add(path) ? new Held(() => _locked.Remove(path)) : null;
    }

    private void UndoChanges()
    {
        foreach (NameChange change in Enumerable.Reverse(_changes).Where(change => change.IsUndone))
        {
            _names.Remove(change.To);
            if (change.Moved is not null)
            {
                _names[change.From] = change.Moved;
            }

            if (change.Replaced is not null)
            {
                _names[change.To] = change.Replaced;
            }
        }
    }

    private void Put(string path, Entry entry)
    {
        _changes.Add(new NameChange(path, path, null, _names.GetValueOrDefault(path)));
        _names[path] = entry;
    }

    private Entry Find(string path) =>
        _names.TryGetValue(path, out Entry? entry) ? entry : throw new FileNotFoundException($"Could not find file '{path}'.");

    private void CrashBefore()
    {
        if (Begin())
        {
            throw new SimulatedCrashException();
        }
    }

    private bool Begin()
    {
        if (Operations >= CrashAt)
        {
            if (Operations++ > CrashAt)
            {
                throw new SimulatedCrashException();
            }

            return true;
        }

        Operations++;
        return Failure is null ? false : throw Failure;
    }

    // Null bytes mean a directory.
    private sealed class Entry(byte[]? bytes)
    {
        public byte[]? Bytes { get; private set; } = bytes;

        public int Flushed { get; set; }

        public void Tear(SeededRandom random)
        {
            if (Bytes is null)
            {
                return;
            }

            Bytes = Bytes[..(Flushed + random.Next(Bytes.Length - Flushed + 1))];
            Flushed = Bytes.Length;
        }
    }

    // Moved is null if the name was given to a new file or deleted.
    private sealed class NameChange(string from, string to, Entry? moved, Entry? replaced)
    {
        public string From { get; } = from;

        public string To { get; } = to;

        public Entry? Moved { get; } = moved;

        public Entry? Replaced { get; } = replaced;

        public bool IsUndone { get; set; }

        public bool Touches(NameChange other) => other.From == From || other.To == To || other.From == To || other.To == From;
    }

    private sealed class Held(Action release) : IDisposable
    {
        public void Dispose() => release();
    }
}
