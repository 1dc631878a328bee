using System.Runtime.InteropServices;
using Microsoft.CodeAnalysis;
using QueryStream.Core.Errors;
using QueryStream.Testing.Assemblies;

namespace QueryStream.JobAssemblies.Tests;

/// <summary>Assemblies that cannot run are refused with the reason and a remedy.</summary>
public sealed class RefusalTests : TemporaryFolder
{
    private const string Job = "public sealed class One : IStreamJob { public string Name => \"One\"; public void Define(StreamBuilder job) { } }";

    private string File_ => Path.Combine(Folder, "Mine.dll");

    [Fact]
    public void A_file_that_is_not_there() => Fails($"There is no file '{File_}'. Is the job built? For example: dotnet build -c Release", File_);

    [Fact]
    public void A_folder() =>
        Fails($"'{Folder}' is a folder: give the assembly of the job in it, for example {Folder}/bin/Release/net10.0/MyJob.dll.", Folder);

    [Theory]
    [InlineData("no assembly at all")]
    [InlineData("")]
    public void A_file_that_is_something_else(string content)
    {
        File.WriteAllText(File_, content);

        Fails($"'{File_}' is not a .NET assembly, or is damaged.", File_);
    }

    [Theory]
    [InlineData("Mine.csproj")]
    [InlineData("Mine.sln")]
    public void A_project_says_to_build_it(string name)
    {
        string path = Path.Combine(Folder, name);
        File.WriteAllText(path, "<Project/>");

        Fails(
            $"'{path}' is source code. Build it (dotnet build -c Release) and give the .dll, or run a project with dotnet run --project.", path);
    }

    [Fact]
    public void A_truncated_assembly()
    {
        string path = new UserAssembly(Folder, "Mine", Job).Write();
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..600]);

        Fails($"'{path}' is not a .NET assembly, or is damaged.", path);
    }

    [Fact]
    public void The_executable_beside_the_assembly()
    {
        string path = new UserAssembly(Folder, "Mine", Job).Write();
        string executable = Path.Combine(Folder, "Mine");
        File.WriteAllText(executable, "\u007fELF");

        Fails($"'{executable}' is not a .NET assembly, or is damaged. Give the Mine.dll beside it.", executable);
        Assert.Equal("One", JobAssembly.Load(path).Create(null).Name);
    }

    [Fact]
    public void A_reference_assembly() => Fails(
        "Mine.dll is a reference assembly, which holds no code (those in obj are): give the one in bin.",
        new UserAssembly(Folder, "Mine", "[assembly: System.Runtime.CompilerServices.ReferenceAssembly]" + Job)
        { IsReferenceAssembly = true }.Write());

    [Fact]
    public void An_assembly_for_another_machine()
    {
        (Platform other, string name) = RuntimeInformation.ProcessArchitecture == Architecture.X64
            ? (Platform.Arm64, "arm64")
            : (Platform.X64, "x64");
        string here = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

        Fails(
            $"Mine.dll was built for {name}, and this process is {here}: build it for AnyCPU or {here}.",
            new UserAssembly(Folder, "Mine", Job) { Platform = other }.Write());
    }

    [Fact]
    public void A_32_bit_assembly() => Assert.StartsWith(
        "Mine.dll was built for x86, and this process is ", Failure(
            new UserAssembly(Folder, "Mine", Job) { Platform = Platform.X86 }.Write()), StringComparison.Ordinal);

    [Fact]
    public void An_assembly_for_the_machine_itself_runs()
    {
        Platform own = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? Platform.X64 : Platform.Arm64;

        Assert.Equal("One", JobAssembly.Load(new UserAssembly(Folder, "Mine", Job) { Platform = own }.Write()).Create(null).Name);
    }

    [Theory]
    [InlineData(".NETCoreApp,Version=v99.0", "Mine.dll was built for .NET 99.0, and this process runs .NET 10.0: build it for net10.0.")]
    [InlineData(".NETFramework,Version=v4.8", "Mine.dll was built for .NETFramework 4.8: build it for net10.0.")]
    public void An_assembly_for_another_framework(string framework, string message) =>
        Fails(message, new UserAssembly(Folder, "Mine", Job) { Framework = framework }.Write());

    [Theory]
    [InlineData(".NETStandard,Version=v2.1")]
    [InlineData(".NETCoreApp,Version=v8.0")]
    public void An_assembly_for_an_older_framework_runs(string framework) =>
        Assert.Equal("One", JobAssembly.Load(new UserAssembly(Folder, "Mine", Job) { Framework = framework }.Write()).Create(null).Name);

    [Fact]
    public void An_assembly_that_knows_nothing_of_jobs() => Fails(
        "Mine.dll has no job: it does not reference QueryStream.Streams, where IStreamJob is.",
        new UserAssembly(Folder, "Mine", "public sealed class One { }").Write());

    [Fact]
    public void An_assembly_that_was_built_against_a_newer_engine()
    {
        UserAssembly engine = new(
            Path.Combine(Folder, "engine"),
            "QueryStream.Streams",
            "namespace QueryStream.Streams { public class StreamBuilder { } public interface IStreamJob { string Name { get; "
            + "} void Define(StreamBuilder job); } }")
        {
            Version = "2.1.0.0",
            UsesEngine = false,
        };
        engine.Write();

        Fails(
            "Mine.dll was built against QueryStream.Streams 2.1.0.0, and this process has 1.0.0.0: build it against this version.",
            new UserAssembly(
                Folder, "Mine",
                Job.Replace("IStreamJob", "QueryStream.Streams.IStreamJob", StringComparison.Ordinal).Replace(
                    "StreamBuilder", "QueryStream.Streams.StreamBuilder", StringComparison.Ordinal))
            { References = [engine], UsesEngine = false }.Write());
    }

    private static void Fails(string message, string path) => Assert.Equal(message, Failure(path));

    private static string Failure(string path) => Assert.Throws<JobAssemblyException>(() => JobAssembly.Load(path)).Message;
}
