using System.Text;

namespace QueryStream.JobSubmit.Chaos;

/// <summary>
/// What the processes of the job print, in one file, with what the report counts in it. Safe on any thread. A process that is killed reports nothing
/// itself, so its log lines are the only place that tells how many checkpoints it took.
/// </summary>
/// <param name="path">The file, which is created.</param>
internal sealed class JobLog(string path) : IDisposable
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

    /// <summary>How many checkpoints have completed.</summary>
    public long Checkpoints => Interlocked.Read(ref _checkpoints);

    /// <summary>How many processes started from a checkpoint.</summary>
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

    /// <summary>A process starts.</summary>
    /// <param name="title">What the log says about it.</param>
    public void Begin(string title)
    {
        lock (_lock)
        {
            _tail.Clear();
            _file.WriteLine($"--- {title}");
        }
    }

    /// <summary>Adds a line.</summary>
    /// <returns>Whether it says that the job was submitted: what the process writes from then on is its own output.</returns>
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
