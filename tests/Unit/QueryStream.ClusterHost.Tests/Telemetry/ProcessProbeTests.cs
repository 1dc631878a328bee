using QueryStream.Core.Metrics;
using QueryStream.Hosting;
using QueryStream.TestKit;

namespace QueryStream.ClusterHost.Tests.Telemetry;

public sealed class ProcessProbeTests
{
    [Fact]
    public void Whoever_asks_within_a_second_gets_the_same_figures_since_a_load_of_less_is_noise()
    {
        ManualTime time = new();
        ProcessProbe probe = new(time);
        ProcessSample first = probe.Read();
        time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.Same(first, probe.Read());

        time.Advance(TimeSpan.FromMilliseconds(500));
        ProcessSample second = probe.Read();
        Assert.NotSame(first, second);
        Assert.InRange(second.CpuLoad, 0, 1);
        Assert.True(second.CpuTime >= first.CpuTime && second.WorkingSet > 0 && second.Threads > 0);
    }
}
