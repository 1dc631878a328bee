using QueryStream.Core.Time;
using QueryStream.Streams.Connectors;

namespace QueryStream.TestKit.Jobs;

/// <summary>
/// A source that brings what a test pushes, split by split, and keeps it: a restored reader continues behind its snapshot, every other one reads from the
/// start. Used by the test's thread, which runs the tasks too.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class HarnessSource<T> : ISource<T>
{
    private readonly List<Element>[] _splits;

    // By split, how much of it the present reader has taken.
    private readonly int[] _taken;
    private readonly List<SourceContext> _readers = [];
    private readonly HashSet<SourceContext> _closed = [];
    private readonly HashSet<int> _ended = [];

    /// <summary>Creates a source with some splits.</summary>
    public HarnessSource(int splits = 1)
    {
        _splits = new List<Element>[splits];
        _taken = new int[splits];
        for (int i = 0; i < splits; i++)
        {
            _splits[i] = [];
        }
    }

    /// <inheritdoc/>
    public bool IsBounded => false;

    /// <summary>What the readers do wrong, and what was done to them.</summary>
    public ConnectorLife Life { get; } = new();

    /// <summary>Most elements that a poll takes of each split: few, so that tests see the smallest steps.</summary>
    public int ElementsPerPoll { get; set; } = 1;

    /// <summary>Elements that no poll has taken yet.</summary>
    public int Waiting => _splits.Sum(split => split.Count) - _taken.Sum();

    /// <summary>Adds a row to a split.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such split.</exception>
    /// <exception cref="InvalidOperationException">The split has ended.</exception>
    public void Push(T row, long time, int split = 0) => Add(split, new Element(row, new EventTime(time), ElementKind.Row));

    /// <summary>Proves that a split was read to its end at that time of the clock.</summary>
    public void ConfirmEnd(long clock, int split = 0) => Add(split, new Element(default!, new EventTime(clock), ElementKind.Confirmation));

    /// <summary>Ends a split for good.</summary>
    public void End(int split) => Add(split, new Element(default!, default, ElementKind.End));

    /// <summary>Ends all splits for good that have not ended.</summary>
    public void EndAll()
    {
        for (int split = 0; split < _splits.Length; split++)
        {
            if (_splits[split] is not [.., { Kind: ElementKind.End }])
            {
                End(split);
            }
        }
    }

    /// <summary>Fails the task of one subtask as a reader's own thread would.</summary>
    public void Fail(int subtask, Exception exception) => _readers.First(reader => reader.Task.Subtask == subtask).Fail(exception);

    /// <inheritdoc/>
    public ISourceReader<T> CreateReader(SourceContext context)
    {
        // Readers of earlier attempts are not woken any more.
        _readers.RemoveAll(_closed.Remove);
        _readers.Add(context);
        Life.OnCreate();
        return new Reader(this, context);
    }

    private void Add(int split, Element element)
    {
        if ((uint)split >= (uint)_splits.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(split), split, $"The harness source has {_splits.Length} splits, numbered from 0: give it more when it is made.");
        }

        if (_splits[split] is [.., { Kind: ElementKind.End }])
        {
            throw new InvalidOperationException($"Split {split} of the harness source has ended: nothing can follow.");
        }

        _splits[split].Add(element);

        // Only the reader of the split: what a subtask does must not depend on rows of other splits.
        _readers.Find(reader => split % reader.Parallelism == reader.Task.Subtask)?.Wake();
    }

    /// <summary>Has all readers polled.</summary>
    public void WakeAll()
    {
        foreach (SourceContext reader in _readers)
        {
            reader.Wake();
        }
    }

    private enum ElementKind
    {
        Row,
        Confirmation,
        End,
    }

    private readonly record struct Element(T Row, EventTime Time, ElementKind Kind);

    private sealed class Reader(HarnessSource<T> source, SourceContext context) : ISourceReader<T>
    {
        private readonly SourceGate? _gate = (SourceGate?)context.Services.GetService(typeof(SourceGate));
        private readonly List<int> _own =
            [.. Enumerable.Range(0, source._splits.Length).Where(split => split % context.Parallelism == context.Task.Subtask)];

        public async Task<IReadOnlyList<string>> OpenAsync(CancellationToken cancellationToken)
        {
            await source.Life.OnOpenAsync().ConfigureAwait(false);
            _gate?.Add(context.Wake);
            foreach (int split in _own)
            {
                source._taken[split] = context.Restored.TryGetValue(NameOf(split), out long offset) ? (int)offset + 1 : 0;
                source._ended.Remove(split);
            }

            return [.. _own.Select(NameOf)];
        }

        public SourcePoll Poll(SourceBatch<T> batch)
        {
            ConnectorLife.Throw(source.Life.FailsToWork);
            if (_gate?.IsClosed == true)
            {
                return SourcePoll.Wait;
            }

            bool more = false;
            for (int i = 0; i < _own.Count; i++)
            {
                List<Element> split = source._splits[_own[i]];
                ref int next = ref source._taken[_own[i]];
                for (int taken = 0; taken < source.ElementsPerPoll && !batch.IsFull && next < split.Count; taken++)
                {
                    more = true;
                    Take(batch, i, split[next], next++);
                }
            }

            // A reader without splits ends with the last of the others.
            bool hasEnded = _own.Count > 0 ? _own.All(source._ended.Contains) : source._ended.Count == source._splits.Length;
            return hasEnded ? SourcePoll.End : more ? SourcePoll.More : SourcePoll.Wait;
        }

        public ValueTask DisposeAsync()
        {
            _gate?.Remove(context.Wake);
            source._closed.Add(context);
            return source.Life.OnCloseAsync();
        }

        private static string NameOf(int split) => $"split-{split}";

        private void Take(SourceBatch<T> batch, int split, Element element, int offset)
        {
            switch (element.Kind)
            {
                case ElementKind.Row:
                    batch.BeginSplit(split);
                    if (!batch.TryAdd(element.Row, element.Time, offset))
                    {
                        batch.AddDeadLetter(new DeadLetter("harness", _own[split], offset, "time-out-of-range", "", null), refusedByTime: true);
                    }
                    break;
                case ElementKind.Confirmation:
                    batch.ConfirmEnd(split, element.Time);
                    break;
                default:
                    batch.EndSplit(split);
                    source._ended.Add(_own[split]);
                    source.WakeAll();
                    break;
            }
        }
    }
}
