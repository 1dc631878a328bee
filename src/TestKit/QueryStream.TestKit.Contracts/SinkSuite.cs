#pragma warning disable VSTHRD200 // The names of tests are sentences.
using QueryStream.Streams;
using QueryStream.Streams.Connectors;
using QueryStream.TestKit.Connectors;
using Xunit;

namespace QueryStream.TestKit.Contracts;

/// <summary>
/// The contract of every sink. A test class per sink derives from it, and defines how to write texts and how to read them back from outside.
/// </summary>
/// <typeparam name="T">The rows of the sink.</typeparam>
public abstract class SinkSuite<T> : IAsyncLifetime
{
    private readonly SinkHarnessTask _task = SinkHarnessTask.New();
    private readonly List<SinkHarness<T>> _open = [];

    /// <summary>The services of the worker's host.</summary>
    protected virtual object[] Services => [];

    /// <summary>Creates what must exist before the sink opens.</summary>
    protected virtual Task PrepareAsync() => Task.CompletedTask;

    /// <summary>Adds the sink to a stream.</summary>
    protected abstract void Define(Stream<T> rows);

    /// <summary>Reads the rows of all subtasks from the external system; those of one subtask in order.</summary>
    protected abstract Task<IReadOnlyList<string>> ReadBackAsync();

    /// <summary>Creates a row that contains a text.</summary>
    protected abstract T RowOf(string text);

    /// <summary>Rows arrive in order and are acknowledged.</summary>
    [ContractFact]
    public async Task Written_rows_arrive_in_order_and_are_acknowledged()
    {
        SinkHarness<T> sink = await OpenAsync();

        sink.Write(Rows("a", "b", "c"));
        await sink.FlushAsync();
        sink.Write(Rows("d"));
        await sink.FlushAsync();
        await sink.DisposeAsync();

        Assert.Equal(["a", "b", "c", "d"], await ReadBackAsync());
        Assert.Equal(4, sink.Acknowledged);
        Assert.True(sink.Wakes > 0);
    }

    /// <summary>A sink without rows is flushed and not full.</summary>
    [ContractFact]
    public async Task A_sink_without_rows_is_flushed_and_not_full()
    {
        SinkHarness<T> sink = await OpenAsync();

        Assert.Equal((true, false), (sink.Writer.IsFlushed, sink.Writer.IsFull));
        await sink.FlushAsync();
        await sink.DisposeAsync();

        Assert.Empty(await ReadBackAsync());
        Assert.Equal(0, sink.Acknowledged);
    }

    /// <summary>A sink handles more rows than it can hold.</summary>
    [ContractFact]
    public async Task More_rows_than_a_sink_holds_pass_through_it_in_order()
    {
        SinkHarness<T> sink = await OpenAsync();
        string[] rows = [.. Enumerable.Range(0, 20_000).Select(index => $"{index:000000}-{new string('x', 200)}")];

        await sink.WriteWithBackpressureAsync(Rows(rows));
        await sink.FlushAsync();
        await sink.DisposeAsync();

        Assert.Equal(rows, await ReadBackAsync());
        Assert.Equal(rows.Length, sink.Acknowledged);
    }

    /// <summary>Subtasks are independent.</summary>
    [ContractFact]
    public async Task Rows_of_several_subtasks_do_not_mix()
    {
        SinkHarness<T>[] sinks = [await OpenAsync(0, 3), await OpenAsync(1, 3), await OpenAsync(2, 3)];

        for (int round = 0; round < 200; round++)
        {
            for (int subtask = 0; subtask < sinks.Length; subtask++)
            {
                sinks[subtask].Write(Rows($"{subtask}-{round:000}-a", $"{subtask}-{round:000}-b"));
            }
        }

        foreach (SinkHarness<T> sink in sinks)
        {
            await sink.FlushAsync();
            await sink.DisposeAsync();
        }

        IReadOnlyList<string> arrived = await ReadBackAsync();
        Assert.Equal(1_200, arrived.Count);
        Assert.All(arrived.GroupBy(row => row[0]), subtask => Assert.Equal(subtask.Order(StringComparer.Ordinal), subtask));
    }

    /// <summary>Rows of a completed checkpoint have arrived; with a two-phase sink, no other rows are visible.</summary>
    [ContractFact]
    public async Task Rows_of_a_checkpoint_have_arrived_when_it_is_complete()
    {
        SinkHarness<T> sink = await OpenAsync();
        sink.Write(Rows("a", "b"));
        await sink.PrepareAsync(1);
        sink.Write(Rows("c"));
        if (IsTwoPhase(sink))
        {
            Assert.Empty(await ReadBackAsync());
        }

        await sink.CommitAsync(1);
        if (IsTwoPhase(sink))
        {
            Assert.Equal(["a", "b"], await ReadBackAsync());
        }

        await sink.PrepareAsync(2);
        sink.Abort(2);
        sink.Write(Rows("d"));
        await sink.PrepareAsync(3);
        await sink.CommitAsync(3);
        await sink.CommitAsync(3);
        await sink.DisposeAsync();
        Assert.Equal(["a", "b", "c", "d"], await ReadBackAsync());
    }

    /// <summary>Two-phase sinks: the next attempt commits the committables of the restored checkpoint, and no later ones.</summary>
    [ContractFact]
    public async Task Committables_of_a_restored_checkpoint_are_committed_once_and_later_rows_never()
    {
        SinkHarness<T> first = await OpenAsync();
        if (!IsTwoPhase(first))
        {
            return;
        }

        first.Write(Rows("a"));
        await first.PrepareAsync(1);
        await first.CommitAsync(1);
        IReadOnlyList<Committable> none = [.. first.Pending];
        first.Write(Rows("b"));
        await first.PrepareAsync(2);
        first.Write(Rows("c"));
        await first.PrepareAsync(3);
        IReadOnlyList<Committable> restored = [.. first.Pending];
        first.Write(Rows("lost"));
        await first.PrepareAsync(4);
        first.Write(Rows("lost too"));
        await first.DisposeAsync();
        Assert.Equal((0, 2), (none.Count, restored.Count));
        Assert.Equal(["a"], await ReadBackAsync());

        for (int attempt = 1; attempt <= 2; attempt++)
        {
            SinkHarness<T> next = New(0, 1, attempt);
            next.Restored = restored;
            await next.OpenAsync();
            Assert.Equal(["a", "b", "c"], await ReadBackAsync());
            await next.DisposeAsync();
        }

        SinkHarness<T> last = New(0, 1, attempt: 3);
        last.Restored = restored;
        await last.OpenAsync();
        last.Write(Rows("d"));
        await last.PrepareAsync(5);
        await last.CommitAsync(5);
        await last.DisposeAsync();
        Assert.Equal(["a", "b", "c", "d"], await ReadBackAsync());
    }

    /// <summary>Two-phase sinks: committables of subtasks that no longer exist are committed too.</summary>
    [ContractFact]
    public async Task Committables_of_several_subtasks_are_committed_by_one()
    {
        SinkHarness<T>[] sinks = [await OpenAsync(0, 2), await OpenAsync(1, 2)];
        if (!IsTwoPhase(sinks[0]))
        {
            return;
        }

        List<Committable> restored = [];
        foreach (SinkHarness<T> sink in sinks)
        {
            sink.Write(Rows($"{restored.Count}-a"));
            await sink.PrepareAsync(1);
            sink.Write(Rows($"{restored.Count}-b"));
            await sink.PrepareAsync(2);
            restored.AddRange(sink.Pending);
            await sink.DisposeAsync();
        }

        SinkHarness<T> next = New(0, 1, attempt: 1);
        next.Restored = restored;
        await next.OpenAsync();
        await next.DisposeAsync();
        Assert.Equal(["0-a", "0-b", "2-a", "2-b"], (await ReadBackAsync()).Order(StringComparer.Ordinal));
    }

    /// <summary>A writer can be disposed at any time.</summary>
    [ContractFact]
    public async Task A_writer_can_be_disposed_before_it_is_opened_and_twice()
    {
        await PrepareAsync();
        await New(0, 1).DisposeAsync();
        SinkHarness<T> sink = New(0, 1);
        await sink.OpenAsync();
        sink.Write(Rows("a"));
        await sink.FlushAsync();

        await sink.DisposeAsync();
        await sink.DisposeAsync();
    }

    /// <inheritdoc/>
    public virtual Task InitializeAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public virtual async Task DisposeAsync()
    {
        foreach (SinkHarness<T> sink in _open)
        {
            await sink.DisposeAsync();
        }
    }

    private static bool IsTwoPhase(SinkHarness<T> sink) => sink.Writer is ITwoPhaseSinkWriter<T>;

    private IEnumerable<T> Rows(params string[] texts) => texts.Select(RowOf);

    private async Task<SinkHarness<T>> OpenAsync(int subtask = 0, int parallelism = 1)
    {
        if (_open.Count == 0)
        {
            await PrepareAsync();
        }

        SinkHarness<T> sink = New(subtask, parallelism);
        await sink.OpenAsync();
        return sink;
    }

    private SinkHarness<T> New(int subtask, int parallelism, int attempt = 0)
    {
        SinkHarnessTask task = _task with { Subtask = subtask, Parallelism = parallelism, Attempt = attempt };
        SinkHarness<T> sink = new(Define, task, TimeProvider.System, Services);
        _open.Add(sink);
        return sink;
    }
}
