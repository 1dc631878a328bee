using QueryStream.Testing.Kafka;

namespace QueryStream.CommandLine.Tests;

public sealed class UnreachableTests
{
    [Theory]
    [InlineData("run query-analytics --local")]
    [InlineData("run query-analytics --local --bounded --json")]
    [InlineData("produce queries")]
    [InlineData("bench analytics")]
    [InlineData("chaos --local")]
    public async Task Kafka_that_is_away_is_one_line(string command)
    {
        string address = KafkaServer.UnusedAddress();

        CommandEnd end = await CommandProcess.RunAsync($"{command} --kafka {address}");

        Assert.Equal((1, ""), (end.ExitCode, end.Output));
        Assert.StartsWith($"ERROR: Kafka not available at {address} (", end.ErrorLine, StringComparison.Ordinal);
        Assert.Contains("KAFKA_BOOTSTRAP_SERVERS", end.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_setting_is_told_before_anything_is_asked_for()
    {
        CommandEnd end = await CommandProcess.RunAsync($"run query-analytics --local --kafka {KafkaServer.UnusedAddress()} -- --window.year=1500ms");

        Assert.Equal(1, end.ExitCode);
        Assert.StartsWith("ERROR: Setting 'window.year': ", end.ErrorLine, StringComparison.Ordinal);
    }
}
