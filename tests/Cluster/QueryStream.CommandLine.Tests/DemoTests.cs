using System.Text.Json;

namespace QueryStream.CommandLine.Tests;

public sealed class DemoTests
{
    [Fact]
    public async Task A_demo_that_ends_closes_all_windows_and_prints_a_summary()
    {
        CommandEnd end = await CommandProcess.RunAsync("demo --duration 3s --rate 500");

        Assert.Equal((0, ""), (end.ExitCode, end.Problems));
        string[] expected = ["✓ Kafka source table created", "✓ All aggregation queries created", "✓ Streaming job started successfully"];
        foreach (string line in expected)
        {
            Assert.Contains(line, end.Errors, StringComparison.Ordinal);
            Assert.DoesNotContain(line, end.Output, StringComparison.Ordinal);
        }

        Assert.True(end.Output.Split('\n').Count(line => line.Contains("watermark lag", StringComparison.Ordinal)) >= 2, end.Output);
        Assert.Contains("Query Analytics Streaming: FINISHED", end.Output, StringComparison.Ordinal);
        Assert.Contains("events    1,500 (", end.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_json_a_demo_is_one_object_with_a_result_of_each_analytic()
    {
        CommandEnd end = await CommandProcess.RunAsync("demo --duration 2s --rate 200 --seed 7 --parallelism 3 --workers 2 --json");

        Assert.Equal(0, end.ExitCode);
        using JsonDocument json = JsonDocument.Parse(end.Output);
        Assert.Equal(400, json.RootElement.GetProperty("events").GetInt64());
        JsonProperty[] results = [.. json.RootElement.GetProperty("results").EnumerateObject()];
        Assert.Equal(10, results.Length);
        Assert.All(results, type => Assert.True(type.Value.GetInt64() > 0, type.Name));
        Assert.Equal(0, json.RootElement.GetProperty("late").GetInt64());
        Assert.Empty(json.RootElement.GetProperty("dead_letters").EnumerateObject());
        Assert.InRange(json.RootElement.GetProperty("seconds").GetDouble(), 1.5, 60);
        Assert.Contains("✓ Streaming job started successfully", end.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_of_the_job_hold_in_a_demo_too()
    {
        CommandEnd end = await CommandProcess.RunAsync("demo --duration 3s --rate 100 --json -- --window.success_rate=1s");

        using JsonDocument json = JsonDocument.Parse(end.Output);
        Assert.InRange(json.RootElement.GetProperty("results").GetProperty("success_rate").GetInt64(), 3, 4);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_signal_stops_a_demo_without_closing_windows(bool interrupt)
    {
        await using CommandProcess demo = CommandProcess.Start("demo");
        await demo.WroteAsync("events ");

        if (interrupt)
        {
            demo.SendInterrupt();
        }
        else
        {
            demo.SendTerminate();
        }

        CommandEnd end = await demo.EndAsync();
        Assert.Equal((0, ""), (end.ExitCode, end.Problems));
        Assert.Contains("Query Analytics Streaming: CANCELED", end.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Addresses_in_the_environment_mean_nothing_to_a_demo()
    {
        CommandEnd end = await CommandProcess.RunAsync("demo --duration 1s", ("KAFKA_BOOTSTRAP_SERVERS", "nowhere"), ("REDIS_ADDRESS", "nowhere"));

        Assert.Equal((0, ""), (end.ExitCode, end.Problems));
    }

    [Fact]
    public async Task Where_NFC_does_nothing_the_job_does_not_start_and_says_what_to_install()
    {
        CommandEnd end = await CommandProcess.RunAsync("demo --duration 1s", ("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT", "1"));

        Assert.Equal((1, ""), (end.ExitCode, end.Output));
        Assert.StartsWith("ERROR: This job needs Unicode normalization (NFC)", end.ErrorLine, StringComparison.Ordinal);
        Assert.Contains("apt-get install libicu", end.ErrorLine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_parallelism_that_no_job_can_have_is_told_with_what_is_possible()
    {
        CommandEnd end = await CommandProcess.RunAsync("demo --parallelism 5000");

        Assert.Equal(1, end.ExitCode);
        Assert.Equal(
            "ERROR: Job 'Query Analytics Streaming' cannot run with parallelism 5000: 1 to 128, its number of key groups, are possible.",
            end.ErrorLine);
    }

    [Fact]
    public async Task Too_few_slots_are_one_line_that_says_what_is_needed()
    {
        CommandEnd end = await CommandProcess.RunAsync("demo --parallelism 8 --workers 1 --slots 4");

        Assert.Equal(1, end.ExitCode);
        Assert.Equal(
            "ERROR: Setting 'QueryStream:LocalCluster:Slots': 4 is too few: job 'Query Analytics Streaming' needs 8 slots, "
            + "its largest parallelism, and there are 4. Set it (--slots) to 8 or more, leave it unset, or lower the parallelism.",
            end.ErrorLine);
    }
}
