using System.Net;
using Microsoft.Playwright;

namespace QueryStream.Browser.Tests;

/// <summary>
/// What the pages of a real cluster with a real job show, in a real browser, without an error and without a request to another host.
/// </summary>
public sealed class PageTests
{
    [BrowserFact]
    public async Task Pages_show_what_the_cluster_does()
    {
        await using UiCluster cluster = await UiCluster.StartAsync();
        await using BrowserPage browser = await BrowserPage.OpenAsync(cluster.Cluster.Coordinator);
        IPage page = browser.Page;

        await browser.GoAsync("/");
        await browser.ShowsAsync(".figure >> nth=0", "2 free of 4");
        await browser.ShowsAsync(".figure >> nth=1", "1 running");
        await browser.ShowsAsync(".events", "Worker registered");
        await browser.ShowsAsync(".plain-list", "leads");

        await page.ClickAsync("text=Running jobs >> nth=0");
        await browser.ShowsAsync("tbody .pill", "RUNNING");
        await page.ClickAsync("tbody th a");
        await browser.ShowsAsync("h1", "Numbering");
        await browser.ShowsAsync(".edge-label", "HASH");

        await page.ClickAsync("button.vertex >> nth=1");
        await browser.ShowsAsync("[aria-label=Subtasks] tbody", "worker-");
        await page.ClickAsync(".chart button >> nth=0");
        await browser.ShowsAsync("text=Pinned charts", "Pinned charts");
        await page.ClickAsync("text=Close");
        await browser.ShowsAsync(".chart", "Records in");

        foreach ((string tab, string shown) in ((string, string)[])
            [("Timeline", "RUNNING"), ("Exceptions", "Nothing has failed"), ("Configuration", "execution.checkpointing.interval"),
            ("Ledger", "BALANCED"), ("Why no output?", "split-")])
        {
            await page.ClickAsync($".tabs >> text={tab}");
            await browser.ShowsAsync("main", shown);
        }

        await page.ClickAsync(".tabs >> text=Checkpoints");
        await page.ClickAsync("[aria-label='History of checkpoints'] tbody button >> nth=0");
        await browser.ShowsAsync("[aria-label^='Checkpoint '] tbody", "numbering");

        await page.ClickAsync(".nav >> text=Workers");
        await page.ClickAsync("tbody >> text=worker-1");
        await browser.ShowsAsync("main", "Threads");
        await page.ClickAsync(".tabs >> text=Log");
        await browser.ShowsAsync(".log", "INFO");
        await page.SelectOptionAsync("select", "fatal");
        await Assertions.Expect(page.Locator(".log div")).ToHaveCountAsync(0);
        await page.ClickAsync(".tabs >> text=Threads");
        await page.ClickAsync("text=Take thread dump");
        await browser.ShowsAsync("pre.trace", "WAITING");
        await browser.CheckAsync("threads");

        await page.ClickAsync(".nav >> text=Cluster");
        await browser.ShowsAsync("main", "reaches all");
        await page.ClickAsync("text=this coordinator");
        await browser.ShowsAsync("main", "Resident memory");
        await page.ClickAsync(".tabs >> text=Log");
        await browser.ShowsAsync(".log", "This coordinator leads the cluster");
        await page.ClickAsync(".tabs >> text=Threads");
        await page.ClickAsync("text=Take thread dump");
        await browser.ShowsAsync("pre.trace >> nth=0", "at ");
        Assert.Empty(browser.Faults);

        using HttpClient http = new() { BaseAddress = new Uri($"http://{cluster.Cluster.Coordinator}") };
        using HttpResponseMessage none = await http.GetAsync("/ui/no/such/page");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
        Assert.Contains("There is no such page", await none.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task A_page_can_be_used_by_keyboard_alone()
    {
        await using UiCluster cluster = await UiCluster.StartAsync();
        await using BrowserPage browser = await BrowserPage.OpenAsync(cluster.Cluster.Coordinator);
        await browser.GoAsync($"/ui/jobs/{cluster.Job}");
        IPage page = browser.Page;

        // A page that is loaded takes the focus to its heading.
        await page.WaitForFunctionAsync("() => document.activeElement.tagName === 'H1'");
        List<string> order = [];
        for (int i = 0; i < 80 && order.Count(text => text == "Skip to the content") < 2; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            order.Add(await page.EvaluateAsync<string>("document.activeElement.innerText.trim() || document.activeElement.ariaLabel || ''"));
        }

        // The focus begins at the heading of the page, so what comes before it comes last.
        order = [.. order.SkipWhile(text => text != "Skip to the content")];
        string[] expected = ["Skip to the content", "Overview", "Workers", "Use dark colors", "Rescale", "Cancel job", "Graph", "Why no output?"];
        int[] places = [.. expected.Select(text => order.FindIndex(one => one.StartsWith(text, StringComparison.Ordinal)))];
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);

        await page.FocusAsync("button.vertex >> nth=0");
        await page.Keyboard.PressAsync("Enter");
        await browser.ShowsAsync("[aria-label=Subtasks] tbody", "worker-");
        await page.FocusAsync("text=Cancel job");
        await page.Keyboard.PressAsync("Enter");
        await browser.ShowsAsync("[role=dialog]", "end at once");

        // The dialog takes the focus, and keys with it, a moment after it is shown.
        await page.WaitForFunctionAsync("() => document.activeElement.closest('.mud-dialog-container') !== null");
        await page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(page.Locator("[role=dialog]")).ToHaveCountAsync(0);
        Assert.Empty(browser.Faults);
    }

    [BrowserFact]
    public async Task The_page_about_REST_shows_it_and_asks_no_other_host()
    {
        await using UiCluster cluster = await UiCluster.StartAsync();
        await using BrowserPage browser = await BrowserPage.OpenAsync(cluster.Cluster.Coordinator);
        await browser.GoAsync("/ui/");
        await browser.Page.ClickAsync(".nav >> text=REST API");
        await browser.ShowsAsync("h1", "QueryStream");
        await browser.ShowsAsync("main", "Whether the cluster has a file of a job.");
        await browser.PictureAsync("openapi");
        Assert.Empty(browser.Faults);
    }
}
