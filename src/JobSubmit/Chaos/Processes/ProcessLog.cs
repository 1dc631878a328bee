using System.Text;

namespace QueryStream.JobSubmit.Chaos.Processes;

/// <summary>
/// The output of all processes that follow each other under one name, in one file. A killed process writes no report, so checkpoints and restores
/// are counted from log lines. Safe on any thread.
/// </summary>
/// <param name="path">The file, which is created.</param>
internal sealed class ProcessLog(string path) : IDisposable
{
    private const int TailLines = 15;
    private const string Starts = "' starts from ";
    private const string StartsEmpty = "' starts without state";
    private const string Checkpoint = " Checkpoint ";
    private const string IsComplete = " is complete after ";

    // Guards the file and the lines: a process prints on two threads.
    private readonly Lock _lock = new();
    private readonly StreamWriter _file = new(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };
    private readonly Queue<string> _tail = [];
    private long _checkpoints;
    private long _restores;

    /// <summary>The file.</summary>
    public string Path => path;

    /// <summary>The number of completed checkpoints.</summary>
    public long Checkpoints => Interlocked.Read(ref _checkpoints);

    /// <summary>How often a job started from a checkpoint.</summary>
    public long Restores => Interlocked.Read(ref _restores);

    /// <summary>The last lines of the current process.</summary>
    public string Tail
    {
        get
        {
            lock (_lock)
            {
                return string.Join(Environment.NewLine, _tail.Select(line => $"  {line}"));
            }
        }
    }

    /// <summary>Begins the log of the next process.</summary>
    /// <param name="title">The heading of its lines.</param>
    public void Begin(string title)
    {
        lock (_lock)
        {
            _tail.Clear();
            _file.WriteLine($"--- {title}");
        }
    }

    /// <summary>Adds a line.</summary>
    /// <returns>Whether the line says that a job was submitted: later output is that of this process.</returns>
    public bool Add(string line)
    {
        lock (_lock)
        {
            _file.WriteLine(line);
            _tail.Enqueue(line);
            if (_tail.Count > TailLines)
            {
                _tail.Dequeue();
            }
        }

        if (line.Contains(Checkpoint, StringComparison.Ordinal) && line.Contains(IsComplete, StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _checkpoints);
        }

        bool isRestored = line.Contains(Starts, StringComparison.Ordinal);
        if (isRestored)
        {
            Interlocked.Increment(ref _restores);
        }

        return isRestored || line.Contains(StartsEmpty, StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
