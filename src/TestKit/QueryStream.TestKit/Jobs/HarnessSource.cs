using QueryStream.Core.Time;
using QueryStream.Streams.Connectors;

namespace QueryStream.TestKit.Jobs;

/// <summary>
/// A source of the rows that a test pushes to its splits. It keeps them: a restored reader continues after its snapshot, any other reader starts from
/// the beginning. Used by the test's thread, which also runs the tasks.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public sealed class HarnessSource<T> : ISource<T>
{
    private readonly List<Element>[] _splits;

    // The number of elements that the current reader of each split has taken.
    private readonly int[] _taken;
    private readonly List<SourceContext> _readers = [];
    private readonly HashSet<SourceContext> _closed = [];
    private readonly HashSet<int> _ended = [];

    /// <summary>Creates a source with a number of splits.</summary>
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

    /// <summary>Fault injection and call counts of the readers.</summary>
    public ConnectorLifecycle Lifecycle { get; } = new();

    /// <summary>The maximum number of elements that a poll takes from each split. 1 by default, for the smallest steps.</summary>
    public int ElementsPerPoll { get; set; } = 1;

    /// <summary>The number of elements that no poll has taken yet.</summary>
    public int Waiting => _splits.Sum(split => split.Count) - _taken.Sum();

    /// <summary>Adds a row to a split.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such split.</exception>
    /// <exception cref="InvalidOperationException">The split has ended.</exception>
    public void Push(T row, long time, int split = 0) => Add(split, new Element(row, new EventTime(time), ElementKind.Row));

    /// <summary>Confirms that a split was read to its end at a time of the clock.</summary>
    public void ConfirmEnd(long clock, int split = 0) => Add(split, new Element(default!, new EventTime(clock), ElementKind.Confirmation));

    /// <summary>Ends a split permanently.</summary>
    public void End(int split) => Add(split, new Element(default!, default, ElementKind.End));

    /// <summary>Ends all splits that have not ended.</summary>
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

    /// <summary>Fails the task of one subtask, as a reader's background thread would.</summary>
    public void Fail(int subtask, Exception exception) => _readers.First(reader => reader.Task.Subtask == subtask).Fail(exception);

    /// <inheritdoc/>
    public ISourceReader<T> CreateReader(SourceContext context)
    {
        // Readers of earlier attempts must not be woken any more.
        _readers.RemoveAll(_closed.Remove);
        _readers.Add(context);
        Lifecycle.OnCreate();
        return new Reader(this, context);
    }

    private void Add(int split, Element element)
    {
        if ((uint)split >= (uint)_splits.Length)
        {
            throw new ArgumentOutOfRangeException(
                nameof(split), split, $"The harness source has {_splits.Length} splits, numbered from 0: create it with more splits.");
        }

        if (_splits[split] is [.., { Kind: ElementKind.End }])
        {
            throw new InvalidOperationException($"Split {split} of the harness source has ended: nothing can follow.");
        }

        _splits[split].Add(element);

        // Wakes only the reader of the split: a subtask must not depend on rows of other splits.
        _readers.Find(reader => split % reader.Parallelism == reader.Task.Subtask)?.Wake();
    }

    /// <summary>Wakes all readers.</summary>
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
            await source.Lifecycle.OnOpenAsync().ConfigureAwait(false);
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
            ConnectorLifecycle.Throw(source.Lifecycle.WorkFailure);
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

            // A reader without splits ends when all others have ended.
            bool hasEnded = _own.Count > 0 ? _own.All(source._ended.Contains) : source._ended.Count == source._splits.Length;
            return hasEnded ? SourcePoll.End : more ? SourcePoll.More : SourcePoll.Wait;
        }

        public long? PendingRecords(int split) => source._splits[_own[split]].Count - source._taken[_own[split]];

        public ValueTask DisposeAsync()
        {
            _gate?.Remove(context.Wake);
            source._closed.Add(context);
            return source.Lifecycle.OnCloseAsync();
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
