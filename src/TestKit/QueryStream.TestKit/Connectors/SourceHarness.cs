using QueryStream.Core.Identity;
using QueryStream.Core.Time;
using QueryStream.Streams;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Settings;
using QueryStream.TestKit.Jobs;
using QueryStream.TestKit.Logging;

namespace QueryStream.TestKit.Connectors;

/// <summary>
/// The reader of one subtask of a source without a task around it. It is polled as a task polls it: again at once where there may be
/// more, else only when the reader has woken it; so a wake that is missing shows as a test that waits in vain.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class SourceHarness<T> : IAsyncDisposable
{
    private readonly HarnessHost _host;
    private readonly SourceBatch<T> _batch;
    private readonly SourceContext _context;
    private readonly ISourceReader<T> _reader;
    private readonly List<SourceRow<T>> _rows = [];
    private readonly List<SplitEnd> _ends = [];
    private readonly List<DeadLetter> _deadLetters = [];
    private readonly List<string> _splits = [];
    private readonly Dictionary<string, long> _positions = [];

    // Full while a wake is pending; set by any thread, taken by the one that polls.
    private readonly SemaphoreSlim _wake = new(1, 1);

    /// <summary>Makes the reader; opens nothing.</summary>
    /// <param name="define">Adds the source to a job.</param>
    /// <param name="subtask">Which subtask it is.</param>
    /// <param name="parallelism">Of how many.</param>
    /// <param name="time">The clock.</param>
    /// <param name="services">What the worker's host registers.</param>
    public SourceHarness(Func<StreamBuilder, SourceStream<T>> define, int subtask, int parallelism, TimeProvider time, params object[] services)
    {
        _host = new HarnessHost(time, services, Wake);
        StreamGraph graph = StreamBuilder.BuildPart(new LambdaJob("source harness", job => define(job)), JobSettings.None);
        SourceNode<T> node = graph.Nodes.OfType<SourceNode<T>>().Single();
        TaskId id = new(new JobId(1), new VertexId(1), subtask);
        _batch = new SourceBatch<T>(node.Watermarks.EventTimeOf);
        _context = new SourceContext(id, parallelism, _host);
        _reader = node.Source.CreateReader(_context);
    }

    /// <summary>By split, the last offset that a snapshot holds. Set before the reader is opened.</summary>
    public IReadOnlyDictionary<string, long> Restored
    {
        get => _context.Restored;
        set => _context.Restored = value;
    }

    /// <summary>By split, what the reader itself had in a snapshot. Set before the reader is opened.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> RestoredStates
    {
        get => _context.RestoredStates;
        set => _context.RestoredStates = value;
    }

    /// <summary>Whether the reader's job takes checkpoints, which <see cref="CompleteCheckpoint"/> completes. Set before the reader is opened.</summary>
    public bool HasCheckpoints
    {
        get => _host.HasCheckpoints;
        set => _host.HasCheckpoints = value;
    }

    /// <summary>What the reader shows as wrong with the external system; null: nothing.</summary>
    public string? Problem => _host.Problem;

    /// <summary>Why the reader has failed its task; null where it has not.</summary>
    public Exception? Failure => _host.Failures.FirstOrDefault();

    /// <summary>What the reader logs.</summary>
    public LogCollector Logs => _host.Logs;

    /// <summary>The splits that the reader was opened with, and those that it has got since.</summary>
    public IReadOnlyList<string> Splits => _splits;

    /// <summary>The rows so far.</summary>
    public IReadOnlyList<SourceRow<T>> Rows => _rows;

    /// <summary>What became known of splits so far.</summary>
    public IReadOnlyList<SplitEnd> Ends => _ends;

    /// <summary>The dead letters so far.</summary>
    public IReadOnlyList<DeadLetter> DeadLetters => _deadLetters;

    /// <summary>Records taken in so far.</summary>
    public long RecordsRead { get; private set; }

    /// <summary>What the last poll said.</summary>
    public SourcePoll LastPoll { get; private set; } = SourcePoll.More;

    /// <summary>Event times that are accepted.</summary>
    public (EventTime Earliest, EventTime Latest) TimeRange { get; set; } = (EventTime.MinValue, EventTime.MaxValue);

    /// <summary>Opens the reader.</summary>
    public async Task OpenAsync()
    {
        AddSplits(await _reader.OpenAsync(CancellationToken.None).ConfigureAwait(false));
        _batch.Open(_splits.Count);
    }

    /// <summary>By split, how far it was read: what a snapshot holds now.</summary>
    public IReadOnlyDictionary<string, long> Snapshot() => new Dictionary<string, long>(_positions);

    /// <summary>By split, what the reader itself wants in a snapshot now.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> SnapshotStates() => _host.Turn(() => Enumerable.Range(0, _splits.Count)
        .Select(split => (Name: _splits[split], State: _reader.SnapshotSplit(split)))
        .Where(split => !split.State.IsEmpty)
        .ToDictionary(split => split.Name, split => split.State, StringComparer.Ordinal));

    /// <summary>Takes a checkpoint here and completes it.</summary>
    /// <param name="checkpoint">Its number, which rises.</param>
    public void CompleteCheckpoint(long checkpoint) => _host.Turn(() =>
    {
        SplitPosition[] positions =
        [
            .. _positions.Select(split => new SplitPosition(split.Key, split.Value, EventTime.MinValue)
            {
                State = _splits.LastIndexOf(split.Key) is int index and >= 0 ? _reader.SnapshotSplit(index) : default,
            }),
        ];
        _reader.CheckpointCompleted(new CheckpointId(checkpoint), positions);
        return true;
    });

    /// <summary>Polls until the condition holds.</summary>
    /// <param name="what">What is waited for, to follow "Waited for".</param>
    /// <param name="condition">Asked after each poll.</param>
    /// <param name="limit">Of real time; null: <see cref="TestKit.Wait.DefaultLimit"/>.</param>
    public Task ReadUntilAsync(string what, Func<bool> condition, TimeSpan? limit = null) => TestKit.Wait.UntilAsync(
        what,
        () =>
        {
            while (!condition() && LastPoll != SourcePoll.End && (LastPoll == SourcePoll.More || _wake.Wait(TimeSpan.Zero)))
            {
                Poll();
            }

            return condition();
        },
        limit,
        () => $"{_rows.Count} rows, {_deadLetters.Count} dead letters, {_ends.Count} ends, last poll: {LastPoll}");

    /// <summary>Polls until the source has ended.</summary>
    public Task ReadToEndAsync(TimeSpan? limit = null) => ReadUntilAsync("the source to end", () => LastPoll == SourcePoll.End, limit);

    /// <summary>Polls until that many rows are there.</summary>
    public Task ReadAsync(int rows, TimeSpan? limit = null) => ReadUntilAsync($"{rows} rows", () => _rows.Count >= rows, limit);

    /// <summary>Polls once.</summary>
    public void Poll()
    {
        if (_host.Failures.FirstOrDefault() is { } failure)
        {
            throw new InvalidOperationException("The reader has failed its task.", failure);
        }

        _batch.Reset();
        (_batch.Earliest, _batch.Latest) = TimeRange;
        LastPoll = _host.Turn(() => _reader.Poll(_batch));
        _batch.Complete();
        RecordsRead += _batch.RecordsRead;
        AddSplits(_batch.NewSplits);
        foreach (SplitRun run in _batch.Runs)
        {
            _positions[_splits[run.Split]] = run.LastOffset;
        }

        Take();
        _ends.AddRange(_batch.Ends);
        _deadLetters.AddRange(_batch.DeadLetters);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _host.Close();
        await _reader.DisposeAsync().ConfigureAwait(false);
        _wake.Dispose();
    }

    private void AddSplits(IReadOnlyList<string> names)
    {
        _splits.AddRange(names);
        foreach (string name in names)
        {
            if (_context.Restored.TryGetValue(name, out long position))
            {
                _positions[name] = position;
            }
        }
    }

    private void Take()
    {
        Batch<T> rows = _batch.TakeRows();
        int row = 0;
        foreach (SplitRun run in _batch.Runs)
        {
            for (int i = 0; i < run.Rows; i++, row++)
            {
                _rows.Add(new SourceRow<T>(run.Split, rows.Rows[row], rows.Times[row]));
            }
        }

        rows.Release();
    }

    private void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (Exception e) when (e is SemaphoreFullException or ObjectDisposedException)
        {
            // One is pending already, or nobody polls any more.
        }
    }
}

/// <summary>A row as a source brought it.</summary>
/// <typeparam name="T">The row.</typeparam>
/// <param name="Split">The index of its split in the subtask.</param>
/// <param name="Row">The row.</param>
/// <param name="Time">Its event time.</param>
public readonly record struct SourceRow<T>(int Split, T Row, EventTime Time);
