using System.Collections.Concurrent;
using QueryStream.Core.Time;
using QueryStream.Streams.Connectors;

namespace QueryStream.Local.Tests;

/// <summary>
/// A source of the numbers from 0, in splits, that pauses before a number until the test lets it go on. Event time is the number, in milliseconds.
/// </summary>
/// <param name="count">How many numbers.</param>
/// <param name="pauseAt">The first number that waits; all before it are emitted.</param>
internal sealed class PausingSource(int count, int pauseAt) : ISource<int>
{
    private const int Splits = 4;

    private readonly ConcurrentBag<Reader> _readers = [];
    private int _limit = pauseAt;
    private int _emitted;

    // Thrown by the next poll, once.
    private Exception? _failure;

    public bool IsBounded => true;

    private int Count => count;

    /// <summary>How many numbers were emitted, repeated ones included.</summary>
    public int Emitted => Volatile.Read(ref _emitted);

    /// <summary>Whether the readers of the running attempt have emitted all numbers before the pause.</summary>
    public bool IsAtPause => _readers.Where(reader => !reader.IsClosed) is var open && open.Any() && open.All(reader => reader.IsAtPause);

    /// <summary>The first number of each split that has read on from a restored position.</summary>
    public ConcurrentBag<int> RestoredAt { get; } = [];

    public ISourceReader<int> CreateReader(SourceContext context)
    {
        Reader reader = new(this, context);
        _readers.Add(reader);
        return reader;
    }

    /// <summary>Emits the numbers after the pause, also in later attempts.</summary>
    public void GoOn() => GoOn(count);

    /// <summary>Emits the numbers up to the next pause.</summary>
    /// <param name="until">The first number that waits then.</param>
    public void GoOn(int until)
    {
        Volatile.Write(ref _limit, until);
        WakeAll();
    }

    /// <summary>Fails the task that polls next.</summary>
    public void Fail(Exception exception)
    {
        Volatile.Write(ref _failure, exception);
        WakeAll();
    }

    private void WakeAll()
    {
        foreach (Reader reader in _readers)
        {
            reader.Wake();
        }
    }

    private sealed class Reader(PausingSource source, SourceContext context) : ISourceReader<int>
    {
        private readonly int[] _next = [.. Enumerable.Range(0, Splits).Where(split => split % context.Parallelism == context.Task.Subtask)];

        private volatile bool _isAtPause;
        private volatile bool _isClosed;

        public bool IsAtPause => _isAtPause;

        public bool IsClosed => _isClosed;

        public void Wake() => context.Wake();

        public Task<IReadOnlyList<string>> OpenAsync(CancellationToken cancellationToken)
        {
            string[] names = [.. _next.Select(split => $"split-{split}")];
            for (int split = 0; split < names.Length; split++)
            {
                if (context.Restored.TryGetValue(names[split], out long offset))
                {
                    _next[split] = (int)offset + Splits;
                    source.RestoredAt.Add(_next[split]);
                }
            }

            return Task.FromResult<IReadOnlyList<string>>(names);
        }

        public SourcePoll Poll(SourceBatch<int> batch)
        {
            if (Interlocked.Exchange(ref source._failure, null) is { } failure)
            {
                throw failure;
            }

            int limit = Volatile.Read(ref source._limit);
            int before = batch.Count;
            for (int split = 0; split < _next.Length; split++)
            {
                batch.BeginSplit(split);
                for (; _next[split] < limit; _next[split] += Splits)
                {
                    if (batch.IsFull)
                    {
                        Interlocked.Add(ref source._emitted, batch.Count - before);
                        return SourcePoll.More;
                    }

                    batch.TryAdd(_next[split], new EventTime(_next[split]), _next[split]);
                }
            }

            Interlocked.Add(ref source._emitted, batch.Count - before);
            _isAtPause = true;
            return limit == source.Count ? SourcePoll.End : SourcePoll.Wait;
        }

        public ValueTask DisposeAsync()
        {
            _isClosed = true;
            return ValueTask.CompletedTask;
        }
    }
}
