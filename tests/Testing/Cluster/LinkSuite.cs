#pragma warning disable VSTHRD200 // The names of tests are sentences.
using System.Globalization;
using QueryStream.Core.Identity;
using QueryStream.TestKit.Contracts;
using QueryStream.Wire;
using QueryStream.Wire.Control;
using Xunit;

namespace QueryStream.Testing.Cluster;

/// <summary>Both ends of one connection of a coordinator and a worker, and what has arrived there so far.</summary>
public abstract class LinkEnds : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<WorkerMessage> _atWorker = [];
    private readonly List<CoordinatorMessage> _atCoordinator = [];
    private int _lostAtWorker;
    private int _lostAtCoordinator;

    /// <summary>The coordinator sends on it.</summary>
    public abstract ILink<WorkerMessage> Down { get; }

    /// <summary>The worker sends on it.</summary>
    public abstract ILink<CoordinatorMessage> Up { get; }

    /// <summary>What has arrived at the worker.</summary>
    public IReadOnlyList<WorkerMessage> AtWorker => Read(() => _atWorker.ToArray());

    /// <summary>What has arrived at the coordinator.</summary>
    public IReadOnlyList<CoordinatorMessage> AtCoordinator => Read(() => _atCoordinator.ToArray());

    /// <summary>How often each end was told that the connection is lost.</summary>
    public (int Worker, int Coordinator) Lost => Read(() => (_lostAtWorker, _lostAtCoordinator));

    /// <summary>Loses the next message to the worker, if the network does that.</summary>
    public abstract void LoseNextToWorker();

    /// <summary>Lets time pass until a condition holds; fails if it does not within a minute.</summary>
    public abstract Task UntilAsync(string what, Func<bool> condition);

    /// <summary>Lets time pass in which everything under way arrives.</summary>
    public abstract Task PassAsync();

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <summary>A message has arrived at the worker.</summary>
    public void Received(WorkerMessage message) => Change(() => _atWorker.Add(message));

    /// <summary>A message has arrived at the coordinator.</summary>
    public void Received(CoordinatorMessage message) => Change(() => _atCoordinator.Add(message));

    /// <summary>The worker was told of the loss.</summary>
    public void LostAtWorker() => Change(() => _lostAtWorker++);

    /// <summary>The coordinator was told of the loss.</summary>
    public void LostAtCoordinator() => Change(() => _lostAtCoordinator++);

    private T Read<T>(Func<T> read)
    {
        lock (_lock)
        {
            return read();
        }
    }

    private void Change(Action change)
    {
        lock (_lock)
        {
            change();
        }
    }
}

/// <summary>What every <see cref="ILink{TMessage}"/> promises, whatever carries it.</summary>
public abstract class LinkSuite
{
    private static readonly JobId Job = new(7);

    /// <summary>Opens a connection.</summary>
    protected abstract Task<LinkEnds> OpenAsync();

    /// <summary>Messages of both directions arrive once and in order.</summary>
    [ContractFact]
    public async Task Messages_arrive_in_order_in_both_directions()
    {
        await using LinkEnds ends = await OpenAsync();
        for (int i = 0; i < 500; i++)
        {
            ends.Down.Send(Order(i));
            ends.Up.Send(Report(i));
        }

        await ends.UntilAsync("all messages", () => ends.AtWorker.Count == 500 && ends.AtCoordinator.Count == 500);
        await ends.PassAsync();
        Assert.Equal(Enumerable.Range(0, 500).Select(Order), ends.AtWorker);
        Assert.Equal(Enumerable.Range(0, 500).Select(Report), ends.AtCoordinator);
        Assert.Equal((0, 0), ends.Lost);
    }

    /// <summary>A message of any size arrives whole, and those behind it after it.</summary>
    [ContractFact]
    public async Task A_large_message_arrives_whole_and_in_its_place()
    {
        await using LinkEnds ends = await OpenAsync();
        MetricsReport large = new(Job, new Attempt(1), [.. Enumerable.Range(0, 20_000).Select(Sample)]);
        ends.Up.Send(Report(1));
        ends.Up.Send(large);
        ends.Up.Send(Report(2));

        await ends.UntilAsync("all messages", () => ends.AtCoordinator.Count == 3);
        Assert.Equal([Report(1), Report(2)], [ends.AtCoordinator[0], ends.AtCoordinator[2]]);
        MetricsReport arrived = Assert.IsType<MetricsReport>(ends.AtCoordinator[1]);
        Assert.Equal(large.Tasks.Select(task => (task.Task, task.RowsIn)), arrived.Tasks.Select(task => (task.Task, task.RowsIn)));
    }

    /// <summary>Whoever closes it, both ends are told once, and nothing more arrives.</summary>
    [ContractFact]
    public async Task A_closed_connection_is_lost_once_at_both_ends_and_carries_nothing_more()
    {
        for (int closer = 0; closer < 2; closer++)
        {
            await using LinkEnds ends = await OpenAsync();
            ends.Down.Send(Order(1));
            await ends.UntilAsync("the message", () => ends.AtWorker.Count == 1);
            Action close = closer == 0 ? ends.Down.Close : ends.Up.Close;
            close();
            await ends.UntilAsync("both ends to know", () => ends.Lost == (1, 1));

            ends.Down.Send(Order(2));
            ends.Up.Send(Report(2));
            ends.Down.Close();
            ends.Up.Close();
            await ends.PassAsync();
            Assert.Equal([Order(1)], ends.AtWorker);
            Assert.Empty(ends.AtCoordinator);
            Assert.Equal((1, 1), ends.Lost);
        }
    }

    /// <summary>A lost message ends the connection, also if no other one follows.</summary>
    [ContractFact]
    public async Task Nothing_arrives_after_a_lost_message_and_both_ends_know()
    {
        for (int following = 0; following < 3; following++)
        {
            await using LinkEnds ends = await OpenAsync();
            ends.Down.Send(Order(1));
            await ends.UntilAsync("the message", () => ends.AtWorker.Count == 1);
            ends.LoseNextToWorker();
            for (int i = 0; i <= following; i++)
            {
                ends.Down.Send(Order(2 + i));
            }

            await ends.UntilAsync("both ends to know", () => ends.Lost == (1, 1));
            await ends.PassAsync();
            Assert.Equal([Order(1)], ends.AtWorker);
        }
    }

    private static WorkerMessage Order(int number) => new RunTasks(Job, new Attempt(number));

    private static CoordinatorMessage Report(int number) => new TasksDeployed(Job, new Attempt(number));

    private static TaskSample Sample(int number) => new(new TaskId(Job, new VertexId(1), number))
    {
        RowsIn = number,
        Counters = [new NamedCount(string.Create(CultureInfo.InvariantCulture, $"đếm {number}"), number)],
    };
}
