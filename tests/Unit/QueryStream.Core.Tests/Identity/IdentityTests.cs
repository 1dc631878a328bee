using QueryStream.Core.Identity;

namespace QueryStream.Core.Tests.Identity;

public sealed class IdentityTests
{
    [Fact]
    public void Job_and_vertex_read_as_32_hexadecimal_digits()
    {
        Assert.Equal("0000000000000000000000000000002a", new JobId(42).ToString());
        Assert.Equal("ffffffffffffffffffffffffffffffff", new JobId(UInt128.MaxValue).ToString());
        Assert.Equal("0000000000000001000000000000000a", new VertexId(new UInt128(1, 10)).ToString());
    }

    [Fact]
    public void Attempts_and_workers_print_their_number_and_name()
    {
        Assert.Equal("3", new Attempt(3).ToString());
        Assert.Equal("worker-1", new WorkerId("worker-1").ToString());
    }

    [Fact]
    public void Identities_are_equal_by_value()
    {
        Assert.Equal(new TaskId(new JobId(1), new VertexId(2), 3), new TaskId(new JobId(1), new VertexId(2), 3));
        Assert.NotEqual(new TaskId(new JobId(1), new VertexId(2), 3), new TaskId(new JobId(1), new VertexId(2), 4));
        Assert.Equal(new RecordPosition(1, 2), new RecordPosition(1, 2));
    }
}
