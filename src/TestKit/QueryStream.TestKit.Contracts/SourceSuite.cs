#pragma warning disable VSTHRD200 // The names of tests are sentences.
using QueryStream.Streams;
using QueryStream.Streams.Connectors;
using QueryStream.TestKit.Connectors;
using Xunit;

namespace QueryStream.TestKit.Contracts;

/// <summary>
/// The contract of every source. A test class per source derives from it, and defines how to write texts to the external system and how to read them.
/// The source is bounded and has <see cref="Splits"/> splits, each with its own rows.
/// </summary>
/// <typeparam name="T">The rows of the source.</typeparam>
public abstract class SourceSuite<T> : IAsyncLifetime
{
    private readonly List<SourceHarness<T>> _open = [];

    /// <summary>The number of splits.</summary>
    protected virtual int Splits => 5;

    /// <summary>The services of the worker's host.</summary>
    protected virtual object[] Services => [];

    /// <summary>Whether <see cref="FillAsync"/> can write invalid records, given as null, which become dead letters.</summary>
    protected virtual bool CanRefuse => true;

    /// <summary>Whether an unbounded source reads rows that are written later.</summary>
    protected virtual bool CanFollow => true;

    /// <summary>
    /// Writes the rows of each split to the external system; null is an invalid record. Called once, or twice if <see cref="CanFollow"/> is true.
    /// </summary>
    protected abstract Task FillAsync(IReadOnlyList<IReadOnlyList<string?>> splits);

    /// <summary>Adds the source to a job.</summary>
    protected abstract SourceStream<T> Define(StreamBuilder job, bool isBounded);

    /// <summary>The text in a row.</summary>
    protected abstract string TextOf(T row);

    /// <summary>All rows are read, those of each split in order, and each split ends once.</summary>
    [ContractFact]
    public async Task All_rows_of_a_split_come_in_order_and_the_source_ends()
    {
        IReadOnlyList<IReadOnlyList<string?>> filled = await FillAllAsync(2_500);

        SourceHarness<T> source = await OpenAsync();
        await source.ReadToEndAsync();

        foreach (IGrouping<int, SourceRow<T>> split in source.Rows.GroupBy(row => row.Split))
        {
            Assert.Contains(filled, rows => rows.SequenceEqual(split.Select(row => TextOf(row.Row))));
        }

        Assert.Equal(filled.Sum(rows => rows.Count), source.Rows.Count);
        Assert.Equal(source.Splits.Count, source.Ends.Count(end => end.IsFinal));
        Assert.Equal(source.Splits.Count, source.Splits.Distinct().Count());
        Assert.Equal(filled.Sum(rows => rows.Count), source.RecordsRead);
        source.Poll();
        Assert.Equal(SourcePoll.End, source.LastPoll);
    }

    /// <summary>A source without rows ends.</summary>
    [ContractFact]
    public async Task An_empty_source_ends_without_a_row()
    {
        await FillAllAsync(0);

        SourceHarness<T> source = await OpenAsync();
        await source.ReadToEndAsync();

        Assert.Empty(source.Rows);
        Assert.Empty(source.DeadLetters);
    }

    /// <summary>Each split belongs to exactly one subtask.</summary>
    [ContractFact]
    public async Task Each_split_belongs_to_one_subtask_and_subtasks_without_splits_end()
    {
        IReadOnlyList<IReadOnlyList<string?>> filled = await FillAllAsync(20);

        foreach (int parallelism in (int[])[2, 3, 12])
        {
            List<string> rows = [];
            List<string> splits = [];
            for (int subtask = 0; subtask < parallelism; subtask++)
            {
                SourceHarness<T> source = await OpenAsync(null, subtask, parallelism);
                await source.ReadToEndAsync();
                rows.AddRange(source.Rows.Select(row => TextOf(row.Row)));
                splits.AddRange(source.Splits);
            }

            Assert.Equal(Sorted(filled), rows.Order(StringComparer.Ordinal));
            Assert.Equal(splits.Count, splits.Distinct().Count());
        }
    }

    /// <summary>After a restore, no row is lost or repeated, at any parallelism.</summary>
    [ContractFact]
    public async Task After_a_restore_no_row_is_lost_or_repeated_at_any_parallelism()
    {
        IReadOnlyList<IReadOnlyList<string?>> filled = await FillAllAsync(1_300);
        int parts = filled.Sum(rows => rows.Count) / 6;
        Dictionary<string, long> snapshot = [];
        Dictionary<string, ReadOnlyMemory<byte>> states = [];
        List<string> seen = [];
        long checkpoint = 0;

        foreach (int parallelism in (int[])[1, 4, 3, 1])
        {
            Dictionary<string, long> next = [];
            Dictionary<string, ReadOnlyMemory<byte>> nextStates = [];
            for (int subtask = 0; subtask < parallelism; subtask++)
            {
                SourceHarness<T> source = await OpenAsync(snapshot, subtask, parallelism, states: states);
                await source.ReadUntilAsync("a part of the rows", () => source.Rows.Count > parts / parallelism || source.LastPoll == SourcePoll.End);
                seen.AddRange(source.Rows.Select(row => TextOf(row.Row)));
                foreach ((string split, long position) in source.Snapshot())
                {
                    next.Add(split, position);
                }

                foreach ((string split, ReadOnlyMemory<byte> state) in source.SnapshotStates())
                {
                    nextStates.Add(split, state);
                }

                // Half of the attempts end before they learn that their checkpoint is complete.
                checkpoint++;
                if (checkpoint % 2 == 0)
                {
                    source.CompleteCheckpoint(checkpoint);
                }

                await source.DisposeAsync();
            }

            (snapshot, states) = (next, nextStates);
        }

        SourceHarness<T> last = await OpenAsync(snapshot, states: states);
        await last.ReadToEndAsync();
        seen.AddRange(last.Rows.Select(row => TextOf(row.Row)));
        Assert.Equal(Sorted(filled), seen.Order(StringComparer.Ordinal));

        last.CompleteCheckpoint(checkpoint + 1);
        SourceHarness<T> behind = await OpenAsync(last.Snapshot(), states: last.SnapshotStates());
        await behind.ReadToEndAsync();
        Assert.Empty(behind.Rows);
    }

    /// <summary>An invalid record becomes a dead letter once, since positions count it like a row.</summary>
    [ContractFact]
    public async Task An_invalid_record_becomes_a_dead_letter_once()
    {
        if (!CanRefuse)
        {
            return;
        }

        await FillAsync(
            [.. Enumerable.Range(0, Splits).Select(split => (IReadOnlyList<string?>)[$"{split}-first", null, null, $"{split}-last", null])]);

        SourceHarness<T> source = await OpenAsync();
        await source.ReadToEndAsync();

        Assert.Equal(Splits * 2, source.Rows.Count);
        Assert.Equal(Splits * 3, source.DeadLetters.Count);
        Assert.Equal(Splits * 5, source.RecordsRead);
        Assert.All(source.DeadLetters, letter => Assert.True(letter is { Topic.Length: > 0, Reason.Length: > 0, Offset: >= 0 }, letter.ToString()));
        SourceHarness<T> behind = await OpenAsync(source.Snapshot(), states: source.SnapshotStates());
        await behind.ReadToEndAsync();
        Assert.Empty(behind.DeadLetters);
    }

    /// <summary>An unbounded source waits, and wakes its task for new rows.</summary>
    [ContractFact]
    public async Task An_unbounded_source_wakes_its_task_for_new_rows()
    {
        if (!CanFollow)
        {
            return;
        }

        await FillAllAsync(3);
        SourceHarness<T> source = await OpenAsync(isBounded: false);
        await source.ReadUntilAsync("the reader to wait", () => source.Rows.Count == 3 * Splits && source.LastPoll == SourcePoll.Wait);

        await FillAsync([.. Enumerable.Range(0, Splits).Select(split => (IReadOnlyList<string?>)[$"{split}-later"])]);
        await source.ReadAsync(4 * Splits);

        Assert.Equal(Splits, source.Rows.Count(row => TextOf(row.Row).EndsWith("-later", StringComparison.Ordinal)));
        Assert.Equal(4 * Splits, source.Rows.Select(row => TextOf(row.Row)).Distinct().Count());
    }

    /// <summary>A reader can be disposed at any time.</summary>
    [ContractFact]
    public async Task A_reader_can_be_disposed_before_it_is_opened_while_it_reads_and_twice()
    {
        await FillAllAsync(2_500);
        await New(null, 0, 1, isBounded: true).DisposeAsync();
        SourceHarness<T> source = await OpenAsync();
        source.Poll();

        await source.DisposeAsync();
        await source.DisposeAsync();
    }

    /// <inheritdoc/>
    public virtual Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        foreach (SourceHarness<T> source in _open)
        {
            await source.DisposeAsync();
        }
    }

    /// <summary>The text of a row.</summary>
    protected virtual string Row(int split, int index) => $"{split}-{index:00000}";

    private static IEnumerable<string?> Sorted(IReadOnlyList<IReadOnlyList<string?>> filled) =>
        filled.SelectMany(rows => rows).Order(StringComparer.Ordinal);

    private async Task<IReadOnlyList<IReadOnlyList<string?>>> FillAllAsync(int rowsPerSplit)
    {
        IReadOnlyList<IReadOnlyList<string?>> splits =
            [
                .. Enumerable.Range(0, Splits)
                    .Select(split => (IReadOnlyList<string?>)[.. Enumerable.Range(0, rowsPerSplit).Select(index => Row(split, index))])
            ];
        await FillAsync(splits);
        return splits;
    }

    private async Task<SourceHarness<T>> OpenAsync(
        IReadOnlyDictionary<string, long>? restored = null,
        int subtask = 0,
        int parallelism = 1,
        bool isBounded = true,
        IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? states = null)
    {
        SourceHarness<T> source = New(restored, subtask, parallelism, isBounded);
        source.RestoredStates = states ?? source.RestoredStates;
        await source.OpenAsync();
        return source;
    }

    private SourceHarness<T> New(IReadOnlyDictionary<string, long>? restored, int subtask, int parallelism, bool isBounded)
    {
        SourceHarness<T> source = new(job => Define(job, isBounded), subtask, parallelism, TimeProvider.System, Services);
        source.Restored = restored ?? source.Restored;
        _open.Add(source);
        return source;
    }
}
