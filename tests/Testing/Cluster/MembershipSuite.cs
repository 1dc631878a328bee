#pragma warning disable VSTHRD200 // The names of tests are sentences.
using QueryStream.Core.Identity;
using QueryStream.TestKit.Contracts;
using Xunit;

namespace QueryStream.Testing.Cluster;

/// <summary>A cluster whose processes come and go as the test wants.</summary>
public abstract class ClusterOfProcesses : IAsyncDisposable
{
    /// <summary>The epoch of the leader; null: nobody leads.</summary>
    public abstract Epoch? Epoch { get; }

    /// <summary>The workers that are registered with the leader, by name; empty: nobody leads.</summary>
    public abstract IReadOnlyList<string> Workers { get; }

    /// <summary>Starts a coordinator. There is none, or the one before was killed.</summary>
    public abstract Task StartCoordinatorAsync();

    /// <summary>The coordinator dies without a word.</summary>
    public abstract Task KillCoordinatorAsync();

    /// <summary>Starts a worker.</summary>
    public abstract Task StartWorkerAsync(string name);

    /// <summary>A worker dies without a word.</summary>
    public abstract Task KillWorkerAsync(string name);

    /// <summary>A worker ends in order.</summary>
    public abstract Task LeaveAsync(string name);

    /// <summary>Nothing comes from a worker any more, and nothing reaches it, though it lives.</summary>
    public abstract Task CutOffAsync(string name);

    /// <summary>Lets time pass until a condition holds; fails if it does not within a minute.</summary>
    public abstract Task UntilAsync(string what, Func<bool> condition);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <summary>Lets time pass until exactly these workers are registered.</summary>
    public Task RegisteredAsync(params string[] names) =>
        UntilAsync($"the workers {string.Join(", ", names)} to be registered", () => Workers.SequenceEqual(names));
}

/// <summary>What a coordinator and its workers can rely on, whatever finds, watches and connects them.</summary>
public abstract class MembershipSuite
{
    /// <summary>Creates a cluster without processes.</summary>
    protected abstract ClusterOfProcesses Create();

    /// <summary>Workers register with the leader by themselves.</summary>
    [ContractFact]
    public async Task Each_worker_registers_with_the_leader()
    {
        await using ClusterOfProcesses cluster = Create();
        await cluster.StartCoordinatorAsync();
        await cluster.StartWorkerAsync("w1");
        await cluster.RegisteredAsync("w1");
        await cluster.StartWorkerAsync("w2");
        await cluster.RegisteredAsync("w1", "w2");
    }

    /// <summary>No order of starting matters.</summary>
    [ContractFact]
    public async Task A_worker_that_was_there_first_registers_when_a_coordinator_comes()
    {
        await using ClusterOfProcesses cluster = Create();
        await cluster.StartWorkerAsync("w1");
        await cluster.StartCoordinatorAsync();
        await cluster.RegisteredAsync("w1");
    }

    /// <summary>A death is noticed, and the name is free again.</summary>
    [ContractFact]
    public async Task A_worker_that_died_is_gone_and_another_one_may_have_its_name()
    {
        await using ClusterOfProcesses cluster = Create();
        await cluster.StartCoordinatorAsync();
        await cluster.StartWorkerAsync("w1");
        await cluster.StartWorkerAsync("w2");
        await cluster.RegisteredAsync("w1", "w2");
        await cluster.KillWorkerAsync("w1");
        await cluster.RegisteredAsync("w2");
        await cluster.StartWorkerAsync("w1");
        await cluster.RegisteredAsync("w1", "w2");
    }

    /// <summary>Silence is noticed, also of a worker that lives.</summary>
    [ContractFact]
    public async Task A_worker_that_is_cut_off_is_gone()
    {
        await using ClusterOfProcesses cluster = Create();
        await cluster.StartCoordinatorAsync();
        await cluster.StartWorkerAsync("w1");
        await cluster.StartWorkerAsync("w2");
        await cluster.RegisteredAsync("w1", "w2");
        await cluster.CutOffAsync("w1");
        await cluster.RegisteredAsync("w2");
    }

    /// <summary>Who leaves is missed by nobody.</summary>
    [ContractFact]
    public async Task A_worker_that_leaves_is_gone()
    {
        await using ClusterOfProcesses cluster = Create();
        await cluster.StartCoordinatorAsync();
        await cluster.StartWorkerAsync("w1");
        await cluster.StartWorkerAsync("w2");
        await cluster.RegisteredAsync("w1", "w2");
        await cluster.LeaveAsync("w2");
        await cluster.RegisteredAsync("w1");
    }

    /// <summary>Workers outlive their coordinator, and the next one has a higher epoch.</summary>
    [ContractFact]
    public async Task The_next_leader_has_a_higher_epoch_and_gets_all_workers()
    {
        await using ClusterOfProcesses cluster = Create();
        await cluster.StartCoordinatorAsync();
        await cluster.StartWorkerAsync("w1");
        await cluster.StartWorkerAsync("w2");
        await cluster.RegisteredAsync("w1", "w2");
        Epoch first = cluster.Epoch!.Value;

        await cluster.KillCoordinatorAsync();
        await cluster.StartCoordinatorAsync();
        await cluster.RegisteredAsync("w1", "w2");
        Assert.True(cluster.Epoch!.Value.CompareTo(first) > 0, $"The epochs are {first} and {cluster.Epoch}.");
    }
}
