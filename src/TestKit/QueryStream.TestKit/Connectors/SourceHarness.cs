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
/// Runs the reader of one subtask of a source without a task. It polls as a task does: at once if there may be more, else only after the reader has
/// woken it. A missing wake therefore times out the test.
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

    // Available while a wake is pending. Released by any thread, acquired by the polling one.
    private readonly SemaphoreSlim _wake = new(1, 1);

    /// <summary>Creates the reader. Does not open it.</summary>
    /// <param name="define">Adds the source to a job.</param>
    /// <param name="subtask">The subtask index, from 0.</param>
    /// <param name="parallelism">The number of subtasks.</param>
    /// <param name="time">The clock.</param>
    /// <param name="services">The services of the worker's host.</param>
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

    /// <summary>The last offset of each split in the restored snapshot. Set before the reader is opened.</summary>
    public IReadOnlyDictionary<string, long> Restored
    {
        get => _context.Restored;
        set => _context.Restored = value;
    }

    /// <summary>The reader's own state of each split in the restored snapshot. Set before the reader is opened.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> RestoredStates
    {
        get => _context.RestoredStates;
        set => _context.RestoredStates = value;
    }

    /// <summary>Whether the job takes checkpoints, see <see cref="CompleteCheckpoint"/>. Set before the reader is opened.</summary>
    public bool HasCheckpoints
    {
        get => _host.HasCheckpoints;
        set => _host.HasCheckpoints = value;
    }

    /// <summary>The problem of the external system that the reader shows; null: none.</summary>
    public string? Problem => _host.Problem;

    /// <summary>The exception with which the reader has failed the task; null if it has not.</summary>
    public Exception? Failure => _host.Failures.FirstOrDefault();

    /// <summary>The reader's log.</summary>
    public LogCollector Logs => _host.Logs;

    /// <summary>The initial splits of the reader, and those added since.</summary>
    public IReadOnlyList<string> Splits => _splits;

    /// <summary>The rows so far.</summary>
    public IReadOnlyList<SourceRow<T>> Rows => _rows;

    /// <summary>The reported ends of splits so far.</summary>
    public IReadOnlyList<SplitEnd> Ends => _ends;

    /// <summary>The dead letters so far.</summary>
    public IReadOnlyList<DeadLetter> DeadLetters => _deadLetters;

    /// <summary>The number of records read so far.</summary>
    public long RecordsRead { get; private set; }

    /// <summary>The result of the last poll.</summary>
    public SourcePoll LastPoll { get; private set; } = SourcePoll.More;

    /// <summary>The range of accepted event times.</summary>
    public (EventTime Earliest, EventTime Latest) TimeRange { get; set; } = (EventTime.MinValue, EventTime.MaxValue);

    /// <summary>Opens the reader.</summary>
    public async Task OpenAsync()
    {
        AddSplits(await _reader.OpenAsync(CancellationToken.None).ConfigureAwait(false));
        _batch.Open(_splits.Count);
    }

    /// <summary>The position of each split, as a snapshot would hold it now.</summary>
    public IReadOnlyDictionary<string, long> Snapshot() => new Dictionary<string, long>(_positions);

    /// <summary>How many records of each split the reader knows to be there and not read, by the split's index; null: it does not know.</summary>
    public IReadOnlyList<long?> Pending() => _host.Turn<long?[]>(() => [.. Enumerable.Range(0, _splits.Count).Select(_reader.PendingRecords)]);

    /// <summary>The reader's own state of each split, as a snapshot would hold it now.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> SnapshotStates() => _host.Turn(() => Enumerable.Range(0, _splits.Count)
        .Select(split => (Name: _splits[split], State: _reader.SnapshotSplit(split)))
        .Where(split => !split.State.IsEmpty)
        .ToDictionary(split => split.Name, split => split.State, StringComparer.Ordinal));

    /// <summary>Takes a checkpoint at the current positions and completes it.</summary>
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
    /// <param name="condition">Checked after each poll.</param>
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

    /// <summary>Polls until so many rows have been read.</summary>
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
        await _host.CloseAsync().ConfigureAwait(false);
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
            // A wake is pending already, or the harness is disposed.
        }
    }
}

/// <summary>A row read from a source.</summary>
/// <typeparam name="T">The row.</typeparam>
/// <param name="Split">The index of its split in the subtask.</param>
/// <param name="Row">The row.</param>
/// <param name="Time">Its event time.</param>
public readonly record struct SourceRow<T>(int Split, T Row, EventTime Time);
