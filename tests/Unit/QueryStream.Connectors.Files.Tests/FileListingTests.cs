using QueryStream.Connectors.Files.Source;

namespace QueryStream.Connectors.Files.Tests;

public sealed class FileListingTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    [Fact]
    public async Task Folders_may_go_while_they_are_listed()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "stays.txt"), "");
        Task coming = Task.Run(ComeAndGo);
        FileListing listing = new(_folder.FullName);
        while (!coming.IsCompleted)
        {
            Assert.Contains(listing.List(), file => file.Name == "stays.txt");
        }

        await coming;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void ComeAndGo()
    {
        for (int times = 0; times < 500; times++)
        {
            for (int i = 0; i < 10; i++)
            {
                _folder.CreateSubdirectory($"goes-{i}");
            }

            for (int i = 0; i < 10; i++)
            {
                Directory.Delete(Path.Combine(_folder.FullName, $"goes-{i}"));
            }
        }
    }
}
