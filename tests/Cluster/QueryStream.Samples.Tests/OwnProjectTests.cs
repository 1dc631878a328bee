namespace QueryStream.Samples.Tests;

/// <summary>
/// A user's job and its tests in a folder of the repository outside of the solution: the solution's code rules do not apply to them.
/// </summary>
public sealed class OwnProjectTests
{
    private const string Job = """
        <Project Sdk="Microsoft.NET.Sdk">
          <Import Project="../../../eng/QueryStream.Job.props" />
          <ItemGroup>
            <PackageReference Include="Spectre.Console" Version="0.49.1" />
          </ItemGroup>
        </Project>
        """;

    // Violates rules that fail the build in the solution: missing documentation, an unneeded using, an async method without suffix, and a
    // culture-sensitive comparison.
    private const string JobCode = """
        using System.Text;
        using QueryStream.Local;
        using QueryStream.Streams;

        return await LocalJob.RunAsync(new Thermometer.ThermometerJob(), args);

        namespace Thermometer
        {
            [StreamRecord]
            public readonly record struct Reading(int Sensor, double Degrees);

            public class ThermometerJob : IStreamJob
            {
                public string Name => "Thermometer";
                public static Task Later() => Task.CompletedTask;
                public static bool Is(string name) => name.StartsWith("a");
                public void Define(StreamBuilder job) { }
                public static Stream<Reading> Warm(Stream<Reading> all) => all.Filter(reading => reading.Degrees > 20);
            }
        }
        """;

    private const string Tests = """
        <Project Sdk="Microsoft.NET.Sdk">
          <Import Project="../../../eng/QueryStream.JobTests.props" />
          <ItemGroup>
            <ProjectReference Include="../Thermometer/Thermometer.csproj" />
          </ItemGroup>
        </Project>
        """;

    private const string TestsCode = """
        namespace Thermometer.Tests;

        public class ThermometerTests
        {
            [Fact]
            public void Warm_readings_are_left()
            {
                HarnessSource<Reading> readings = new(splits: 1);
                HarnessSink<Reading> warm = new();
                using JobHarness job = new(builder => ThermometerJob.Warm(builder.Source("readings", readings)).To("warm", warm));
                readings.Push(new Reading(1, 19), time: 0, split: 0);
                readings.Push(new Reading(1, 21), time: 1, split: 0);
                job.Run();
                Assert.Equal([new Reading(1, 21)], warm.Take());
            }
        }
        """;

    [Fact]
    public async Task Tests_of_a_job_that_keeps_no_rule_of_the_repository_are_built_and_pass()
    {
        string folder = Path.Combine(Shell.Root, "artifacts", "own-project");
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        await WriteAsync(folder, "Thermometer/Thermometer.csproj", Job);
        await WriteAsync(folder, "Thermometer/Program.cs", JobCode);
        await WriteAsync(folder, "Thermometer.Tests/Thermometer.Tests.csproj", Tests);
        await WriteAsync(folder, "Thermometer.Tests/ThermometerTests.cs", TestsCode);

        (int exitCode, string output) = await Shell.RunAsync("dotnet test artifacts/own-project/Thermometer.Tests -c Release --nologo");

        Assert.True(exitCode == 0, output);
        Assert.Contains("Passed:     1", output, StringComparison.Ordinal);
    }

    private static async Task WriteAsync(string folder, string path, string text)
    {
        string file = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, text);
    }
}
