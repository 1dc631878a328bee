using QueryStream.Core.Codecs;
using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Core.Tests.Errors;

public sealed class ErrorTests
{
    [Theory]
    [InlineData(ErrorCode.JobDefinition, 1)]
    [InlineData(ErrorCode.Setting, 2)]
    [InlineData(ErrorCode.ServiceUnavailable, 3)]
    [InlineData(ErrorCode.NotEnoughSlots, 4)]
    [InlineData(ErrorCode.TaskFailed, 5)]
    [InlineData(ErrorCode.ServiceRefused, 6)]
    [InlineData(ErrorCode.Remote, 7)]
    [InlineData(ErrorCode.WorkerLost, 8)]
    [InlineData(ErrorCode.DeploymentRefused, 9)]
    [InlineData(ErrorCode.Defect, 10)]
    [InlineData(ErrorCode.DamagedBytes, 11)]
    [InlineData(ErrorCode.SchemaMismatch, 12)]
    [InlineData(ErrorCode.NullKey, 13)]
    [InlineData(ErrorCode.StateRestore, 14)]
    [InlineData(ErrorCode.RowFailed, 15)]
    [InlineData(ErrorCode.NoKey, 16)]
    [InlineData(ErrorCode.FunctionTimeout, 17)]
    [InlineData(ErrorCode.Partition, 18)]
    [InlineData(ErrorCode.JobAssembly, 20)]
    [InlineData(ErrorCode.DamagedCheckpoint, 21)]
    [InlineData(ErrorCode.CheckpointStorage, 22)]
    [InlineData(ErrorCode.CheckpointFailed, 23)]
    [InlineData(ErrorCode.Blob, 24)]
    [InlineData(ErrorCode.JobNotFound, 25)]
    [InlineData(ErrorCode.StateQuery, 26)]
    [InlineData(ErrorCode.StateUnavailable, 27)]
    [InlineData(ErrorCode.WorkerLeaves, 28)]
    [InlineData(ErrorCode.JobRescaled, 29)]
    [InlineData(ErrorCode.ChannelRefused, 30)]
    [InlineData(ErrorCode.ChannelLost, 31)]
    [InlineData(ErrorCode.ChannelMiscount, 32)]
    public void The_number_of_an_error_code_is_frozen(ErrorCode code, int number) => Assert.Equal(number, (int)code);

    [Fact]
    public void Every_kind_of_error_has_a_code_of_its_own()
    {
        Type[] kinds = [.. typeof(QueryStreamException).Assembly.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(QueryStreamException)))];
        Assert.All(kinds, kind => Assert.True(kind.IsSealed));

        // An exception of REST, which answers 404, has the code of a job that is not found.
        Assert.Equal(Enum.GetValues<ErrorCode>().Except([ErrorCode.JobNotFound]), Samples().Select(sample => sample.Code).Order());
        Assert.Equal(kinds.Length, Samples().Length);
    }

    [Fact]
    public void An_error_has_a_domain()
    {
        Dictionary<ErrorCode, ErrorDomain> said = Samples().ToDictionary(sample => sample.Code, sample => sample.Domain);
        Assert.Equal(ErrorDomain.User, said[ErrorCode.JobDefinition]);
        Assert.Equal(ErrorDomain.User, said[ErrorCode.Setting]);
        Assert.Equal(ErrorDomain.User, said[ErrorCode.NotEnoughSlots]);
        Assert.Equal(ErrorDomain.External, said[ErrorCode.ServiceUnavailable]);
        Assert.Equal(ErrorDomain.External, said[ErrorCode.ServiceRefused]);
        Assert.Equal(ErrorDomain.User, said[ErrorCode.TaskFailed]);
        Assert.Equal(ErrorDomain.User, said[ErrorCode.Remote]);
        Assert.Equal(ErrorDomain.External, said[ErrorCode.WorkerLost]);
        Assert.Equal(ErrorDomain.Internal, said[ErrorCode.DeploymentRefused]);
        Assert.Equal(ErrorDomain.Internal, said[ErrorCode.Defect]);
        Assert.Equal(ErrorDomain.Internal, said[ErrorCode.DamagedBytes]);
        Assert.Equal(ErrorDomain.User, said[ErrorCode.SchemaMismatch]);
        Assert.Equal(ErrorDomain.User, said[ErrorCode.NullKey]);
        Assert.Equal(ErrorDomain.User, said[ErrorCode.StateRestore]);
        Assert.Equal(ErrorDomain.User, said[ErrorCode.RowFailed]);
        Assert.Equal(ErrorDomain.User, said[ErrorCode.NoKey]);
        Assert.Equal(ErrorDomain.External, said[ErrorCode.FunctionTimeout]);
        Assert.Equal(ErrorDomain.User, said[ErrorCode.Partition]);
        Assert.Equal(ErrorDomain.User, said[ErrorCode.JobAssembly]);
        Assert.Equal(ErrorDomain.External, said[ErrorCode.DamagedCheckpoint]);
        Assert.Equal(ErrorDomain.External, said[ErrorCode.CheckpointStorage]);
        Assert.Equal(ErrorDomain.External, said[ErrorCode.CheckpointFailed]);
        Assert.Equal(ErrorDomain.User, said[ErrorCode.StateQuery]);
        Assert.Equal(ErrorDomain.Internal, said[ErrorCode.StateUnavailable]);
        Assert.Equal(ErrorDomain.External, said[ErrorCode.Blob]);
        Assert.Equal(ErrorDomain.External, said[ErrorCode.WorkerLeaves]);
        Assert.Equal(ErrorDomain.External, said[ErrorCode.JobRescaled]);
        Assert.Equal(ErrorDomain.Internal, said[ErrorCode.ChannelRefused]);
        Assert.Equal(ErrorDomain.External, said[ErrorCode.ChannelLost]);
        Assert.Equal(ErrorDomain.Internal, said[ErrorCode.ChannelMiscount]);
    }

    [Fact]
    public void A_message_has_the_value_and_the_remedy()
    {
        string slots = new NotEnoughSlotsException(needed: 4, free: 1, workers: 2).Message;
        Assert.Contains("4 slots", slots, StringComparison.Ordinal);
        Assert.Contains("1 is free on 2 workers", slots, StringComparison.Ordinal);
        Assert.Contains(
            "needs 1 slot, but 0 are free on 1 worker.", new NotEnoughSlotsException(needed: 1, free: 0, workers: 1).Message,
            StringComparison.Ordinal);
        Assert.Contains("--parallelism", slots, StringComparison.Ordinal);
        Assert.Equal(
            "The job is scaled from parallelism 2 to 4, as was asked for.", new JobRescaledException(2, 4, isRequested: true).Message);
        Assert.Equal("Setting 'ttl': is odd.", new SettingException("ttl", "is odd.").Message);
        Assert.Equal(
            "Window (2/4) failed: DivideByZeroException: oops", new TaskFailedException("Window", 1, 4, new DivideByZeroException("oops")).Message);
    }

    [Fact]
    public void A_miscount_names_the_channel_the_checkpoint_and_both_numbers()
    {
        Assert.StartsWith(
            "Channel 0 -> 1 of edge 2 from Map to Window (2/4) has brought 9 rows before the barrier of checkpoint 7, and its sender has counted 10: "
            + "rows were lost on the way.",
            new ChannelMiscountException("0 -> 1 of edge 2 from Map to Window (2/4)", new CheckpointId(7), expected: 10, actual: 9).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "has brought 11 rows in all, and its sender has counted 10: rows were brought twice",
            new ChannelMiscountException("0 -> 1 of edge 2", null, expected: 10, actual: 11).Message,
            StringComparison.Ordinal);
    }

    private static QueryStreamException[] Samples() =>
    [
        new JobDefinitionException("a"),
        new SettingException("a", "b"),
        new ServiceUnavailableException("Kafka", "localhost:9092", "a"),
        new NotEnoughSlotsException(2, 1, 1),
        new TaskFailedException("a", 0, 1, new DivideByZeroException()),
        new ServiceRefusedException("Redis", "a"),
        new RemoteException("KeyNotFoundException", "a", ""),
        new WorkerLostException(new WorkerId("worker-1"), 2),
        new DeploymentRefusedException("a"),
        new DefectException("Job master", new DivideByZeroException()),
        new CodecException("The bytes are damaged."),
        new SchemaMismatchException("Order.Price was stored as int32, and is int64 now"),
        new NullKeyException(typeof(string)),
        new StateRestoreException("State 'sum' of operator 'sums' cannot be restored."),
        new RowFailedException("at offset 17 of split orders-2", new DivideByZeroException()),
        new NoKeyException("Keyed state"),
        new FunctionTimeoutException(TimeSpan.FromSeconds(1), 3),
        new PartitionException(3, 2),
        new JobAssemblyException("WordCount.dll is not a .NET assembly."),
        new DamagedCheckpointException("Checkpoint 7 of job orders is incomplete: segment 3 is missing."),
        new CheckpointStorageException("The directory of checkpoints cannot be written."),
        new CheckpointFailedException("The savepoint has failed: the job has ended."),
        new StateQueryException("Job 'orders' has no operator 'sums'."),
        new StateUnavailableException("No task has shown the state within 10s."),
        new BlobException("File a1b2 is missing."),
        new WorkerLeavesException(new WorkerId("worker-1")),
        new JobRescaledException(from: 1, to: 2),
        new ChannelRefusedException("Channel 0 -> 1 of edge 2 is refused."),
        new ChannelLostException("Channel 0 -> 1 of edge 2 is lost."),
        new ChannelMiscountException("0 -> 1 of edge 2 from Map to Window (2/4)", new CheckpointId(7), expected: 10, actual: 9),
    ];
}
