using System.Globalization;
using QueryStream.Core.Time;
using QueryStream.Streams.Batches;
using QueryStream.Streams.Connectors;

namespace QueryStream.Connectors.DataGen;

/// <summary>Generates the rows of one subtask's splits. The position of a split is the index of its last row.</summary>
internal sealed class GeneratorReader<T> : ISourceReader<T>
{
    private readonly GeneratorOptions _options;
    private readonly RowGenerator<T> _generate;
    private readonly SourceContext _context;
    private readonly List<int> _own;

    // The index of the next row, by split of this subtask.
    private readonly long[] _next;
    private readonly bool[] _isEnded;
    private IDisposable? _timer;

    // The timestamp when row _first was due, so that a restored job continues at its rate.
    private long _since;
    private long _first;

    public GeneratorReader(GeneratorOptions options, RowGenerator<T> generate, SourceContext context)
    {
        _options = options;
        _generate = generate;
        _context = context;
        _own = [.. Enumerable.Range(0, options.Splits).Where(split => split % context.Parallelism == context.Task.Subtask)];
        _next = new long[_own.Count];
        _isEnded = new bool[_own.Count];
    }

    public Task<IReadOnlyList<string>> OpenAsync(CancellationToken cancellationToken)
    {
        string[] names = [.. _own.Select(split => string.Create(CultureInfo.InvariantCulture, $"{split}/{_options.Splits}"))];
        for (int i = 0; i < names.Length; i++)
        {
            _next[i] = _context.Restored.TryGetValue(names[i], out long last) ? last + _options.Splits : _own[i];
        }

        _first = _next.Length == 0 ? 0 : _next.Min();
        _since = _context.Time.GetTimestamp();
        return Task.FromResult<IReadOnlyList<string>>(names);
    }

    public SourcePoll Poll(SourceBatch<T> batch)
    {
        long due = Due();
        int share = Math.Max(1, Batch.MaxRows / Math.Max(1, _own.Count));
        bool isMore = false;
        for (int i = 0; i < _own.Count && !batch.IsFull; i++)
        {
            isMore |= Generate(i, Math.Min(due, _options.Count ?? long.MaxValue), share, batch);
        }

        isMore |= batch.IsFull;
        if (Array.TrueForAll(_isEnded, ended => ended) && _options.Count is not null)
        {
            return SourcePoll.End;
        }

        if (!isMore)
        {
            WakeWhenDue();
        }

        return isMore ? SourcePoll.More : SourcePoll.Wait;
    }

    public ValueTask DisposeAsync() => default;

    // The first row that is not due yet.
    private long Due() => _options.RowsPerSecond is { } rate
        ? _first + 1 + (long)Math.Min(_context.Time.GetElapsedTime(_since).TotalSeconds * rate, 1e18)
        : long.MaxValue;

    // Returns whether the split has more rows due.
    private bool Generate(int split, long end, int share, SourceBatch<T> batch)
    {
        ref long next = ref _next[split];
        batch.BeginSplit(split);
        for (int rows = 0; next < end && rows < share && !batch.IsFull; rows++, next += _options.Splits)
        {
            EventTime time = TimeOf(next);
            batch.BeginRecord(next);
            T row = _generate(new GeneratedRow(next, time, _options.Seed));
            if (!batch.TryAdd(row, time, next))
            {
                string detail = $"allowed: {batch.Earliest} to {batch.Latest}";
                batch.AddDeadLetter(new DeadLetter("generator", _own[split], next, "time-out-of-range", detail, null), refusedByTime: true);
            }
        }

        if (next >= _options.Count && !_isEnded[split])
        {
            _isEnded[split] = true;
            batch.EndSplit(split);
        }

        return next < end;
    }

    private EventTime TimeOf(long index) => _options.StartTime is { } start
        ? start.Add((long)((Int128)_options.Interval.Ticks * index / TimeSpan.TicksPerMillisecond))
        : EventTime.From(_context.Time.GetUtcNow());

    private void WakeWhenDue()
    {
        long next = long.MaxValue;
        for (int i = 0; i < _next.Length; i++)
        {
            next = _isEnded[i] ? next : Math.Min(next, _next[i]);
        }

        if (next != long.MaxValue && _options.RowsPerSecond is { } rate)
        {
            TimeSpan wait = TimeSpan.FromSeconds(Math.Min((next - _first) / rate, 1e6)) - _context.Time.GetElapsedTime(_since);
            _timer?.Dispose();
            _timer = _context.After(wait > TimeSpan.FromMilliseconds(1) ? wait : TimeSpan.FromMilliseconds(1), _context.Wake);
        }
    }
}
