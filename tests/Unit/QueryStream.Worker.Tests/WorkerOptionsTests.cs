using QueryStream.Core.Errors;
using QueryStream.Core.Identity;

namespace QueryStream.Worker.Tests;

public sealed class WorkerOptionsTests
{
    [Theory]
    [InlineData("w", 0, 1000, "worker.slots")]
    [InlineData("w", 1025, 1000, "worker.slots")]
    [InlineData(" ", 1, 1000, "worker.name")]
    [InlineData("w", 1, 0, "worker.metrics-interval")]
    public void A_value_that_is_not_possible_is_refused_by_its_name(string name, int slots, int milliseconds, string setting)
    {
        WorkerOptions options = new(new WorkerId(name), slots) { MetricsInterval = TimeSpan.FromMilliseconds(milliseconds) };

        Assert.Equal(setting, Assert.Throws<SettingException>(options.Validate).Setting);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1024)]
    public void Any_possible_number_of_slots_is_taken(int slots) => new WorkerOptions(new WorkerId("w"), slots).Validate();
}
