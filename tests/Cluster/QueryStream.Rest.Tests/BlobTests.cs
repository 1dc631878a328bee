using System.Net;
using QueryStream.Blobs;
using QueryStream.Testing.Rest;

namespace QueryStream.Rest.Tests;

/// <summary>Files of jobs over HTTP.</summary>
public sealed class BlobTests
{
    private static readonly byte[] Content = "nội dung"u8.ToArray();
    private static readonly string Hash = ContentHash.Of(Content).ToString();

    [Fact]
    public async Task What_was_sent_is_there()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 0, slots: 1);
        using RestClient client = new(cluster);

        Assert.Equal(HttpStatusCode.NotFound, await HeadAsync(client));
        Assert.Equal(HttpStatusCode.Created, (await client.PutAsync(Hash, Content)).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await client.PutAsync(Hash, Content)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, await HeadAsync(client));
        Assert.Equal(Content, await client.Http.GetByteArrayAsync(new Uri($"/blobs/{Hash}", UriKind.Relative)));
    }

    [Fact]
    public async Task Other_bytes_are_refused_as_is_what_is_no_hash()
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 0, slots: 1);
        using RestClient client = new(cluster);

        Assert.Equal(HttpStatusCode.BadRequest, (await client.PutAsync(Hash, Content[1..])).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, await HeadAsync(client));
        Assert.Equal(HttpStatusCode.BadRequest, (await client.PutAsync("..%2f..%2fevil", Content)).StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_blob_that_is_too_large_is_413(bool hasLength)
    {
        await using RestCluster cluster = await RestCluster.StartAsync(workers: 0, slots: 1, ("QueryStream:Blobs:MaxBlobBytes", "5"));
        using RestClient client = new(cluster);
        using HttpRequestMessage request = new(HttpMethod.Put, $"/blobs/{Hash}") { Content = new ByteArrayContent(Content) };
        request.Headers.TransferEncodingChunked = !hasLength;

        using HttpResponseMessage response = await client.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains("QueryStream:Blobs:MaxBlobBytes", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(cluster.FolderOf("blobs")));
    }

    private static async Task<HttpStatusCode> HeadAsync(RestClient client)
    {
        using HttpRequestMessage request = new(HttpMethod.Head, $"/blobs/{Hash}");
        using HttpResponseMessage response = await client.Http.SendAsync(request);
        return response.StatusCode;
    }
}
